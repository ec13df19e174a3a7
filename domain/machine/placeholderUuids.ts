/**
 * System UUIDs that many machines share, because nobody wrote a real one into the board. Where each was seen: A = the
 * public list of CapaSystems ("Non-Unique UUID"), B = the list of FOG Project's host lookup, C = boards of American
 * Megatrends' template as lshw and dmidecode print it (both byte orders), D = counted up or filled in by hand, E = Dell
 * boards without a service tag.
 */
export const placeholderUuids: ReadonlySet<string> = new Set([
  '00020003-0004-0005-0006-000700080009', // A, B, C
  '03000200-0400-0500-0006-000700080009', // A, C
  '07090201-0103-0301-0807-060504030201', // A
  '890e2d14-cacd-45d1-ae66-bc80e8bfeb0f', // A
  '8e275844-178f-44a8-aceb-a7d7e5178c63', // A
  'dc698397-fa54-4cf2-82c8-b1b5307a6a7f', // A
  '12345678-1234-5678-90ab-cddeefaabbcc', // B
  '78563412-3412-7856-90ab-cddeefaabbcc', // B, in the other byte order
  '12345678-1234-1234-1234-123456789abc', // D
  '12345678-1234-1234-1234-123456789012', // D
  '12345678-1234-5678-1234-567812345678', // D
  '78563412-3412-7856-1234-567812345678', // D
  '00010203-0405-0607-0809-0a0b0c0d0e0f', // D
  '03020100-0504-0706-0809-0a0b0c0d0e0f', // D
  '01020304-0506-0708-090a-0b0c0d0e0f10', // D
  '04030201-0605-0807-090a-0b0c0d0e0f10', // D
  '00112233-4455-6677-8899-aabbccddeeff', // D
  '33221100-5544-7766-8899-aabbccddeeff', // D
  'deadbeef-dead-beef-dead-beefdeadbeef', // D
  '4c4c4544-0000-2010-8020-80c04f202020', // E
]);
