using Semblance.Tensors.Instructions;
using Semblance.Tensors.Kernels;

namespace Semblance.Tensors.Tests.Kernels;

public unsafe class RowProductsTests
{
    [Theory]
    [MemberData(nameof(TestTensors.InstructionSets), MemberType = typeof(TestTensors))]
    public void Products_of_float32_and_float16_rows_equal_those_in_double(InstructionSet set)
    {
        var random = new Random(3);
        for (var columns = 1; columns < 150; columns++)
        {
            var halves = Enumerable.Range(0, 3 * columns).Select(i => (Half)((random.NextSingle() - 0.5f) * (i % 7 == 0 ? 1e-6f : 1))).ToArray(); // some are subnormal
            var floats = Array.ConvertAll(halves, half => (float)half);
            var queries = Enumerable.Range(0, 2 * columns).Select(_ => random.NextSingle() - 0.5f).ToArray();
            var scaled = Array.ConvertAll(queries, value => value * HalfElements.Divisor);
            var (products, squares) = (new float[6], new float[3]);
            var (halfProducts, halfSquares) = (new float[6], new float[3]);
            fixed (Half* h = halves)
            fixed (float* f = floats, q = queries, s = scaled, p = products, p2 = squares, hp = halfProducts, hp2 = halfSquares)
            {
                set.Run(new RowProducts<SingleElements>(f, columns, q, 2, p, 3, p2), 0, 3);
                set.Run(new RowProducts<HalfElements>(h, columns, s, 2, hp, 3, hp2), 0, 3);
            }

            for (var row = 0; row < 3; row++)
            {
                var x = floats.AsSpan(row * columns, columns).ToArray();
                Near(squares[row], halfSquares[row], x.Sum(value => (double)value * value));
                for (var query = 0; query < 2; query++)
                {
                    Near(products[(3 * query) + row], halfProducts[(3 * query) + row], x.Select((value, i) => (double)value * queries[(query * columns) + i]).Sum());
                }
            }
        }

        static void Near(float single, float half, double expected)
        {
            single.ShouldBe((float)expected, 2e-6f);
            half.ShouldBe((float)expected, 2e-6f);
        }
    }
}
