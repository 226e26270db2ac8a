using Semblance.Tensors.Instructions;

namespace Semblance.Tensors.Tests.Kernels;

public class RowProductsTests
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
            var scaled = Array.ConvertAll(queries, value => value * RowProducts.HalfDivisor);
            var (products, squares) = (new float[6], new float[3]);
            var (halfProducts, halfSquares) = (new float[6], new float[3]);
            RowProducts.Multiply(floats, Tensor.From(queries, 2, columns), products, 3, squares, set);
            RowProducts.Multiply(halves, Tensor.From(scaled, 2, columns), halfProducts, 3, halfSquares, set);
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
