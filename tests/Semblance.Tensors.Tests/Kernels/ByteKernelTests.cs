using Semblance.Tensors.Instructions;

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
    public void Products_of_many_rows_with_many_vectors_are_exact_on_every_instruction_set()
    {
        var random = new Random(3);
        foreach (var columns in Enumerable.Range(1, 140).Append(1024))
        {
            var (rows, vectors) = (random.Next(1, ByteBlock.Rows + 1), random.Next(1, 10));
            var bytes = new byte[rows * columns];
            random.NextBytes(bytes);
            bytes.AsSpan(0, columns).Fill((byte)(columns % 2 == 0 ? 255 : 0x7F)); // the largest sums, unsigned or signed
            var width = (columns + ByteProducts.Padding - 1) / ByteProducts.Padding * ByteProducts.Padding;
            var weights = new sbyte[vectors * width];
            for (var i = 0; i < vectors * columns; i++)
            {
                weights[(i / columns * width) + (i % columns)] = (sbyte)((i / columns) switch
                {
                    0 => ByteBlock.LargestWeight,
                    1 => -ByteBlock.LargestWeight,
                    _ => random.Next(-ByteBlock.LargestWeight, ByteBlock.LargestWeight + 1),
                });
            }

            var block = new ByteBlock(columns);
            block.Load(new byte[ByteBlock.Rows * columns], 0x80); // what is loaded before leaves nothing
            foreach (var flip in (byte[])[0, 0x80])
            {
                block.Load(bytes, flip);
                foreach (var set in InstructionSets.Available)
                {
                    var products = new int[vectors * ByteBlock.Rows];
                    block.Multiply(set, weights, products);
                    for (var i = 0; i < products.Length; i++)
                    {
                        var (vector, row) = (i / ByteBlock.Rows, i % ByteBlock.Rows);
                        var expected = 0;
                        for (var column = 0; column < columns && row < rows; column++)
                        {
                            expected += weights[(vector * width) + column] * (bytes[(row * columns) + column] ^ flip);
                        }

                        products[i].ShouldBe(expected);
                    }
                }
            }
        }
    }

    [Fact]
    public void Lengths_that_do_not_match_are_refused()
    {
        var block = new ByteBlock(3);
        Should.Throw<ArgumentException>(() => block.Load(new byte[4], 0));
        Should.Throw<ArgumentException>(() => block.Load(new byte[65 * 3], 0)).Message.ShouldContain("at most 64 whole rows of 3 bytes");
        Should.Throw<ArgumentException>(() => block.Multiply(new sbyte[63], new int[64]));
        Should.Throw<ArgumentException>(() => block.Multiply(new sbyte[64], new int[63]));
        Should.Throw<ArgumentOutOfRangeException>(() => new ByteBlock(0));
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
