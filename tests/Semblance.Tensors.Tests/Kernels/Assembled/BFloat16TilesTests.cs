using Semblance.Tensors.Instructions;
using Semblance.Tensors.Kernels;

namespace Semblance.Tensors.Tests.Kernels.Assembled;

public unsafe class BFloat16TilesTests
{
    private const TileInstruction Instruction = TileInstruction.BFloat16DotProduct512;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Interpreted_products_of_every_shape_are_those_of_the_rounded_numbers_in_pairs(bool windows)
    {
        var tiles = AssembledTiles.Create(Instruction);
        if (tiles is null)
        {
            return; // the system does not permit executable memory
        }

        var code = Enumerable.Range(1, tiles.Rows).Select(rows => TileAssembler.Assemble(Instruction, rows, windows)).ToArray();
        foreach (var outputs in new[] { 1, 7, 31, 32, 33, 70 })
        {
            foreach (var inputs in new[] { 1, 2, 3, 31, 32, 33, 100 })
            {
                var weight = TestTensors.Random(1, outputs, inputs);
                weight.Writable[0] = 1e-39f; // denormal
                var panels = PackedMatrix.Of(new PreparedMatrix(weight), InstructionSet.Portable, ComputeType.BFloat16, tiles: tiles);
                for (var rows = 1; rows <= tiles.Rows; rows++)
                {
                    using var run = new Computation(instructions: InstructionSet.Portable, compute: ComputeType.BFloat16);
                    var x = TestTensors.Random(rows, rows, inputs);
                    x.Writable[^1] = -1e-20f;
                    using var input = ReducedInput.Of(run, x, panels);
                    var product = Interpret(code[rows - 1], windows, input.Values, panels);
                    for (var i = 0; i < product.Length; i++)
                    {
                        var (row, column) = Math.DivRem(i, panels.PanelCount * panels.PanelWidth);
                        var expected = column < outputs ? Expected(x.Row(row), weight.Row(column)) : 0;
                        product[i].ShouldBe(expected, 0, $"{rows} × {inputs} → {outputs}: {row}, {column}");
                    }
                }
            }
        }
    }

    [Fact]
    public void Numbers_are_rounded_sixteen_at_a_time_as_alone()
    {
        float[] values =
        [
            0, -0f, 1, 1.00390625f, 1.01171875f, -1.00390626f, float.Epsilon, 1e-39f, float.MaxValue, -float.MaxValue, 3.3961776e38f,
            float.NaN, BitConverter.UInt32BitsToSingle(0x7F800001), BitConverter.UInt32BitsToSingle(0xFF800001), float.PositiveInfinity,
            float.NegativeInfinity,
        ];
        fixed (float* address = values)
        {
            var together = PanelsOfBFloat16.Round(address);
            for (var i = 0; i < values.Length; i++)
            {
                together[i].ShouldBe(PanelsOfBFloat16.Round(values[i]), $"{values[i]}");
            }
        }
    }

    // The product [rows × panels × panel width].
    private static float[] Interpret(byte[] code, bool windows, Tensor input, PackedMatrix panels)
    {
        var width = panels.PanelCount * panels.PanelWidth;
        var product = new float[input.Rows * width];
        fixed (float* first = product)
        {
            for (var panel = 0; panel < panels.PanelCount; panel++)
            {
                var argument = new TileArgument(
                    (nint)input.Data, input.Columns * sizeof(float), (nint)panels.Panel(panel), panels.Steps,
                    (nint)(first + (panel * panels.PanelWidth)), (nint)width * sizeof(float));
                new CodeInterpreter(code).Call(new Random(panel), &argument, windows);
            }
        }

        return product;
    }

    // By the definition of the instruction: the second element of a pair first, and denormal numbers are zero.
    private static float Expected(ReadOnlySpan<float> x, ReadOnlySpan<float> weight)
    {
        var sum = 0f;
        for (var k = 0; k < x.Length; k += 2)
        {
            sum = k + 1 < x.Length ? Add(sum, x[k + 1], weight[k + 1]) : sum;
            sum = Add(sum, x[k], weight[k]);
        }

        return sum;

        static float Add(float sum, float x, float weight) => Normal(MathF.FusedMultiplyAdd(Normal(Rounded(x)), Normal(Rounded(weight)), sum));

        static float Normal(float value) => float.IsNormal(value) ? value : 0;

        static float Rounded(float value)
        {
            var bits = BitConverter.SingleToUInt32Bits(value);
            return BitConverter.UInt32BitsToSingle((bits + 0x7FFF + ((bits >> 16) & 1)) & 0xFFFF0000);
        }
    }
}
