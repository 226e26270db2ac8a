using Semblance.Tensors.Instructions;
using Semblance.Tensors.Kernels;

namespace Semblance.Tensors.Tests.Operations;

public class ReducedLinearTests
{
    public static TheoryData<InstructionSet> InstructionSets => TestTensors.InstructionSets;

    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void Every_shape_around_the_tile_sizes_in_int8_has_the_bits_of_the_rule(InstructionSet set)
    {
        foreach (var outputs in new[] { 1, 7, 16, 17, 33, 70 })
        {
            foreach (var inputs in new[] { 1, 3, 4, 5, 34, 100 })
            {
                var layer = Layer(outputs, inputs);
                for (var rows = 1; rows <= 31; rows++)
                {
                    var x = TestTensors.Random(rows, rows, inputs);
                    using var run = new Computation(instructions: set, compute: ComputeType.Int8);
                    run.Linear(x, layer).Values.SequenceEqual(ByRule(x, layer)).ShouldBeTrue($"{rows} × {inputs} → {outputs}");
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void Every_shape_around_the_tile_sizes_in_bfloat16_equals_the_product_of_rounded_numbers(InstructionSet set)
    {
        var assembled = set == Instructions.InstructionSets.Current && AssembledTiles.Of(ComputeType.BFloat16) is not null;
        foreach (var outputs in new[] { 1, 7, 16, 31, 32, 33, 70 })
        {
            foreach (var inputs in new[] { 1, 5, 32, 100 })
            {
                var layer = Layer(outputs, inputs);
                var rounded = new Linear(Rounded(layer.Weight), layer.Bias);
                for (var rows = 1; rows <= 31; rows++)
                {
                    var x = TestTensors.Random(rows, rows, inputs);
                    using var run = new Computation(instructions: set, compute: ComputeType.BFloat16);
                    var (actual, expected) = (run.Linear(x, layer).Values.ToArray(), run.Linear(Rounded(x), rounded).Values.ToArray());
                    if (assembled)
                    {
                        for (var i = 0; i < expected.Length; i++)
                        {
                            actual[i].ShouldBe(expected[i], 1e-4f, $"{rows} × {inputs} → {outputs}"); // its sums have another order
                        }
                    }
                    else
                    {
                        actual.SequenceEqual(expected).ShouldBeTrue($"{rows} × {inputs} → {outputs}");
                    }
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void A_product_larger_than_one_chunk_of_rows_has_the_bits_of_the_rule(InstructionSet set)
    {
        foreach (var inputs in new[] { 3000, 4096 }) // rows of 4,096 bytes are spread out first
        {
            var layer = Layer(40, inputs);
            var x = TestTensors.Random(2, 400, inputs);
            using var run = new Computation(instructions: set, compute: ComputeType.Int8);
            run.Linear(x, layer).Values.SequenceEqual(ByRule(x, layer)).ShouldBeTrue();
        }
    }

    [Fact]
    public void A_weight_that_is_stored_transposed_is_quantized_by_its_outputs()
    {
        foreach (var type in new[] { ComputeType.BFloat16, ComputeType.Int8 })
        {
            var layer = Layer(24, 40);
            var transposed = Tensor.Zeros(40, 24);
            for (var i = 0; i < 24 * 40; i++)
            {
                transposed.Writable[(i % 40 * 24) + (i / 40)] = layer.Weight.Values[i];
            }

            var x = TestTensors.Random(3, 9, 40);
            using var run = new Computation(compute: type);
            run.Linear(x, new Linear(transposed, layer.Bias, transposed: true) { FollowsComputeType = true }).Values
                .SequenceEqual(run.Linear(x, layer).Values).ShouldBeTrue(type.ToString());
        }
    }

    [Fact]
    public void Activations_follow_the_scaled_sums()
    {
        var (layer, x) = (Layer(48, 60), TestTensors.Random(3, 20, 60));
        foreach (var type in Enum.GetValues<ComputeType>())
        {
            using var run = new Computation(compute: type);
            var expected = run.Activate(run.Linear(x, layer), Activation.Gelu);
            run.Linear(x, layer, Activation.Gelu).Values.SequenceEqual(expected.Values).ShouldBeTrue(type.ToString());
        }
    }

    [Fact]
    public void A_row_has_the_same_bits_alone_and_in_any_company_and_on_any_number_of_threads()
    {
        var (layer, x) = (Layer(96, 384), TestTensors.Random(3, 700, 384));
        foreach (var type in Enum.GetValues<ComputeType>())
        {
            using var one = new Computation(maxThreads: 1, compute: type);
            using var many = new Computation(compute: type);
            var together = many.Linear(x, layer, Activation.Gelu);
            one.Linear(x, layer, Activation.Gelu).Values.SequenceEqual(together.Values).ShouldBeTrue(type.ToString());
            foreach (var row in new[] { 0, 1, 13, 14, 27, 150, 399 })
            {
                var alone = one.Linear(Tensor.From(x.Row(row), 1, 384), layer, Activation.Gelu);
                alone.Values.SequenceEqual(together.Row(row)).ShouldBeTrue($"{type}, row {row}");
            }
        }
    }

    [Fact]
    public void An_input_that_has_changed_is_converted_again()
    {
        var (layer, x) = (Layer(16, 32), TestTensors.Random(3, 4, 32));
        foreach (var type in new[] { ComputeType.BFloat16, ComputeType.Int8 })
        {
            using var run = new Computation(compute: type);
            run.Linear(x, layer);
            x.Writable[5] = 3;
            using var other = new Computation(compute: type);
            run.Linear(x, layer).Values.SequenceEqual(other.Linear(x, layer).Values).ShouldBeTrue(type.ToString());
        }
    }

    [Fact]
    public void Rows_of_zeros_of_tiny_and_of_huge_numbers_are_as_in_float32()
    {
        var layer = Layer(32, 16);
        layer.Weight.Writable[..16].Clear();
        foreach (var type in new[] { ComputeType.BFloat16, ComputeType.Int8 })
        {
            foreach (var size in new[] { 0, float.Epsilon, 1e-40f, 1e-30f, 1e37f })
            {
                var x = Tensor.Zeros(1, 16);
                x.Writable.Fill(size);
                x.Writable[4] = -size;
                using var run = new Computation(compute: type);
                using var exact = new Computation();
                var (actual, expected) = (run.Linear(x, layer), exact.Linear(x, layer));
                for (var i = 0; i < 32; i++)
                {
                    actual.Values[i].ShouldBe(expected.Values[i], (0.1f * size) + 1e-35f, $"{type}, {size}");
                }
            }
        }
    }

    [Fact]
    public void The_largest_numbers_do_not_become_infinite()
    {
        var layer = new Linear(Tensor.From([0.25f, -0.25f], 1, 2), null) { FollowsComputeType = true };
        foreach (var type in new[] { ComputeType.BFloat16, ComputeType.Int8 })
        {
            using var run = new Computation(compute: type);
            run.Linear(Tensor.From([float.MaxValue, -float.MaxValue], 1, 2), layer).Values[0]
                .ShouldBe(float.MaxValue / 2, float.MaxValue / 100, type.ToString());
        }
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void Numbers_that_are_not_finite_are_refused_by_int8_and_stay_visible_in_bfloat16(float value)
    {
        foreach (var place in new[] { 0, 17, 35, 39 })
        {
            var (layer, x) = (Layer(32, 40), TestTensors.Random(2, 3, 40));
            x.Writable[40 + place] = value;
            using var bytes = new Computation(compute: ComputeType.Int8);
            Should.Throw<NotFiniteNumberException>(() => bytes.Linear(x, layer)).Message.ShouldContain("Row 1 of float32[3, 40]");
            using var floats = new Computation(compute: ComputeType.BFloat16);
            float.IsFinite(floats.Linear(x, layer).Row(1)[0]).ShouldBeFalse();

            layer.Weight.Writable[(7 * 40) + place] = value;
            Should.Throw<NotFiniteNumberException>(() => layer.Prepare(ComputeType.Int8)).Message.ShouldContain("Row 7");
        }
    }

    [Fact]
    public void Only_layers_that_follow_the_compute_type_are_reduced()
    {
        var (layer, x) = (Layer(32, 40), TestTensors.Random(2, 3, 40));
        var exact = new Linear(layer.Weight, layer.Bias);
        using var run = new Computation(compute: ComputeType.Int8);
        using var float32 = new Computation();
        run.Linear(x, exact).Values.SequenceEqual(float32.Linear(x, layer).Values).ShouldBeTrue();
        run.Linear(x, layer).Values.SequenceEqual(float32.Linear(x, layer).Values).ShouldBeFalse();
    }

    [Fact]
    public void Training_refuses_other_types_than_float32() =>
        Should.Throw<NotSupportedException>(() => new Computation(recording: true, compute: ComputeType.Int8)).Message
            .ShouldContain("Int8 is not supported");

    [Fact]
    public void Quantized_values_and_scales_are_checked()
    {
        Should.Throw<ArgumentException>(() => new QuantizedMatrix(new sbyte[5], new float[2])).Message.ShouldContain("5 values");
        Should.Throw<ArgumentException>(() => new QuantizedMatrix([1, 65], [1])).Message.ShouldContain("Value 1 is 65");
        Should.Throw<ArgumentException>(() => new QuantizedMatrix([1, 64], [float.NaN])).Message.ShouldContain("row 0");
    }

    private static Linear Layer(int outputs, int inputs) =>
        new(TestTensors.Random(1, outputs, inputs), TestTensors.Random(2, outputs)) { FollowsComputeType = true };

    // The rule in plain arithmetic.
    private static float[] ByRule(Tensor x, Linear layer)
    {
        var y = new float[x.Rows * layer.Outputs];
        var (weights, weightScales) = (new int[layer.Weight.Length], new float[layer.Outputs]);
        for (var output = 0; output < layer.Outputs; output++)
        {
            weightScales[output] = layer.Weight.Row(output).ToArray().Max(MathF.Abs) / QuantizedMatrix.LargestWeight;
            for (var k = 0; k < layer.Inputs; k++)
            {
                weights[(output * layer.Inputs) + k] = (int)MathF.Round(layer.Weight.Row(output)[k] / weightScales[output]);
            }
        }

        for (var row = 0; row < x.Rows; row++)
        {
            var values = x.Row(row).ToArray();
            float low = Math.Min(0, values.Min()), high = Math.Max(0, values.Max());
            var scale = (high / 255) - (low / 255);
            var inverse = 1 / scale;
            var zero = (int)MathF.Round(-low * inverse);
            var bytes = Array.ConvertAll(
                values, value => Math.Clamp((int)MathF.Round(MathF.FusedMultiplyAdd(value, inverse, zero)), 0, 255));
            for (var output = 0; output < layer.Outputs; output++)
            {
                var sum = 0;
                for (var k = 0; k < bytes.Length; k++)
                {
                    sum += weights[(output * bytes.Length) + k] * (bytes[k] - zero);
                }

                y[(row * layer.Outputs) + output] =
                    MathF.FusedMultiplyAdd(sum, scale * weightScales[output], layer.Bias!.Values[output]);
            }
        }

        return y;
    }

    private static Tensor Rounded(Tensor x)
    {
        var rounded = Tensor.From(x.Values, x.Shape);
        foreach (ref var value in rounded.Writable)
        {
            var bits = BitConverter.SingleToUInt32Bits(value);
            value = BitConverter.UInt32BitsToSingle((bits + 0x7FFF + ((bits >> 16) & 1)) & 0xFFFF0000);
        }

        return rounded;
    }
}
