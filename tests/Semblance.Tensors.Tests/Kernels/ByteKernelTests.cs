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
                ByteProducts.Multiply(these, 0x80, weights).ShouldBe(signed[row]);
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
            for (var vector = 0; vector < vectors; vector++)
            {
                var values = Enumerable.Range(0, columns).Select(_ => vector switch
                {
                    0 => 1, // the largest sums that fit
                    1 => -1,
                    _ => random.NextDouble() - 0.5,
                }).ToArray();
                ByteBlock.Round(values, weights.AsSpan(vector * width, width));
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

    [Theory]
    [InlineData(1)]
    [InlineData(33)]
    [InlineData(384)]
    [InlineData(200_000)]
    public void Vectors_are_rounded_to_the_finest_weights_whose_products_fit(int length)
    {
        var random = new Random(length);
        var values = new double[length];
        foreach (ref var value in values.AsSpan())
        {
            value = random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5;
        }

        var weights = new sbyte[length];
        Check(ByteBlock.Round(values, weights), length > 66_000 ? 8 : 16);
        Check(ByteProducts.Round(values, weights), length > 66_000 ? 32 : 64);

        void Check(double step, int leastLargest)
        {
            weights.Max(weight => Math.Abs((int)weight)).ShouldBeGreaterThanOrEqualTo(leastLargest);
            for (var i = 0; i < length; i++)
            {
                Math.Abs(values[i] - (step * weights[i])).ShouldBeLessThanOrEqualTo(step * 0.5000001);
            }

            weights.Sum(weight => Math.Abs((long)weight) * 255).ShouldBeLessThan(int.MaxValue);
        }

        weights.AsSpan().Fill(1);
        ByteBlock.Round(new double[length], weights).ShouldBe(0);
        weights.ShouldAllBe(weight => weight == 0);
    }

    [Fact]
    public void Squares_are_those_of_bytes_minus_128()
    {
        var random = new Random(4);
        for (var length = 1; length < 100; length++)
        {
            var bytes = new byte[length];
            random.NextBytes(bytes);
            bytes.AsSpan(0, length / 2).Clear(); // −128 if unsigned
            ByteProducts.Squares(bytes, 0).ShouldBe(bytes.Sum(value => (value - 128) * (value - 128)));
            ByteProducts.Squares(bytes, 0x80).ShouldBe(bytes.Sum(value => (sbyte)value * (sbyte)value));
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
        Should.Throw<ArgumentException>(() => ByteProducts.Multiply(new byte[65], 0, new sbyte[64]));
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
