namespace Semblance.Tensors.Tests.Kernels;

public class ByteKernelTests
{
    [Fact]
    public void Products_of_bytes_are_exact_for_every_length()
    {
        var random = new Random(1);
        for (var columns = 1; columns < 200; columns++)
        {
            var bytes = new byte[7 * columns];
            random.NextBytes(bytes);
            bytes[0] = 128; // the smallest signed byte
            (bytes[^1], bytes[columns - 1]) = (255, 255);
            var weights = new sbyte[(columns + ByteProducts.Padding - 1) / ByteProducts.Padding * ByteProducts.Padding];
            for (var i = 0; i < columns; i++)
            {
                weights[i] = (sbyte)(columns % 3 == 0 ? ByteProducts.LargestWeight : random.Next(-ByteProducts.LargestWeight, ByteProducts.LargestWeight + 1));
            }

            var (signed, unsigned) = (new int[7], new int[7]);
            ByteProducts.Multiply(bytes, columns, 0x80, weights, signed);
            ByteProducts.Multiply(bytes, columns, 0, weights, unsigned);
            for (var row = 0; row < 7; row++)
            {
                var these = bytes.AsSpan(row * columns, columns).ToArray();
                signed[row].ShouldBe(these.Select((value, i) => weights[i] * ((sbyte)value + 128)).Sum());
                unsigned[row].ShouldBe(these.Select((value, i) => weights[i] * value).Sum());
            }
        }
    }

    [Fact]
    public void Rows_near_enough_are_found_by_their_differing_bits_for_every_length()
    {
        var random = new Random(2);
        for (var length = 1; length < 70; length++)
        {
            var bytes = new byte[40 * length];
            random.NextBytes(bytes);
            var query = bytes[^length..];
            var expected = Enumerable.Range(0, 40)
                .Select(row => (Row: row, Distance: Enumerable.Range(0, length).Sum(i => byte.PopCount((byte)(bytes[(row * length) + i] ^ query[i])))))
                .Where(found => found.Distance <= 4 * length).ToList();
            var actual = new List<(int, int)>();
            for (var row = HammingDistance.Next(bytes, length, 0, HammingDistance.Words(query), 4 * length, out var distance); row < 40;
                row = HammingDistance.Next(bytes, length, row + 1, HammingDistance.Words(query), 4 * length, out distance))
            {
                actual.Add((row, distance));
            }

            actual.ShouldBe(expected);
        }
    }
}
