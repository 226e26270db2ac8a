using Semblance.Tensors.Instructions;

namespace Semblance.Tensors.Tests.Operations;

public class LinearOperationTests
{
    public static TheoryData<InstructionSet> InstructionSets => TestTensors.InstructionSets;

    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void Every_shape_around_the_tile_sizes_equals_the_reference(InstructionSet set)
    {
        foreach (var outputs in new[] { 1, 7, 16, 31, 32, 33, 70 })
        {
            foreach (var inputs in new[] { 1, 5, 32, 100 })
            {
                var layer = new Linear(TestTensors.Random(1, outputs, inputs), TestTensors.Random(2, outputs));
                for (var rows = 1; rows <= 31; rows++)
                {
                    var x = TestTensors.Random(rows, rows, inputs);
                    using var run = new Computation(instructions: set);
                    run.Linear(x, layer).Values.ShouldBeNear(Reference.Linear(x, layer.Weight, layer.Bias, v => v), 1e-5);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void A_product_larger_than_one_chunk_of_rows_equals_the_reference(InstructionSet set)
    {
        foreach (var inputs in new[] { 3000, 3072 }) // rows of 3,072 floats are spread out first
        {
            var layer = new Linear(TestTensors.Random(1, 40, inputs), null);
            var x = TestTensors.Random(2, 100, inputs);
            using var run = new Computation(instructions: set);
            run.Linear(x, layer).Values.ShouldBeNear(Reference.Linear(x, layer.Weight, null, v => v), 3e-4);
        }
    }

    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void Every_activation_equals_its_formula(InstructionSet set)
    {
        var formulas = new Dictionary<Activation, Func<double, double>>
        {
            [Activation.Identity] = x => x,
            [Activation.Gelu] = x => 0.5 * x * (1 + Reference.Erf(x / Math.Sqrt(2))),
            [Activation.GeluTanh] = x => 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x)))),
            [Activation.QuickGelu] = x => x / (1 + Math.Exp(-1.702 * x)),
            [Activation.GeluClipped] = x => Math.Clamp(0.5 * x * (1 + Reference.Erf(x / Math.Sqrt(2))), -10, 10),
            [Activation.Relu] = x => Math.Max(x, 0),
            [Activation.Relu6] = x => Math.Clamp(x, 0, 6),
            [Activation.ReluSquared] = x => Math.Pow(Math.Max(x, 0), 2),
            [Activation.LeakyRelu] = x => x < 0 ? 0.01 * x : x,
            [Activation.Mish] = x => x * Math.Tanh(Math.Log(1 + Math.Exp(x))),
            [Activation.Laplace] = x => 0.5 * (1 + Reference.Erf((x - 0.707107) / (0.282095 * Math.Sqrt(2)))),
            [Activation.Silu] = x => x / (1 + Math.Exp(-x)),
            [Activation.Tanh] = Math.Tanh,
            [Activation.Sigmoid] = x => 1 / (1 + Math.Exp(-x)),
        };
        formulas.Keys.ShouldBe(Enum.GetValues<Activation>(), ignoreOrder: true);
        var layer = new Linear(TestTensors.Random(1, 48, 60), TestTensors.Random(2, 48));
        var x = TestTensors.Random(3, 20, 60);
        foreach (var (activation, formula) in formulas)
        {
            using var run = new Computation(instructions: set);
            run.Linear(x, layer, activation).Values.ShouldBeNear(Reference.Linear(x, layer.Weight, layer.Bias, formula), 2e-5);
        }
    }

    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void A_row_has_the_same_bits_alone_and_in_any_company(InstructionSet set)
    {
        var layer = new Linear(TestTensors.Random(1, 96, 384), TestTensors.Random(2, 96));
        var x = TestTensors.Random(3, 400, 384);
        using var run = new Computation(instructions: set);
        var together = run.Linear(x, layer, Activation.Gelu);
        foreach (var row in new[] { 0, 1, 13, 14, 27, 150, 399 })
        {
            var alone = run.Linear(Tensor.From(x.Row(row), 1, 384), layer, Activation.Gelu);
            alone.Values.SequenceEqual(together.Row(row)).ShouldBeTrue($"row {row}");
        }
    }

    [Fact]
    public void Any_number_of_threads_gives_the_same_bits()
    {
        var layer = new Linear(TestTensors.Random(1, 384, 384), null);
        var x = TestTensors.Random(3, 700, 384);
        using var one = new Computation(maxThreads: 1);
        using var many = new Computation();
        one.Linear(x, layer).Values.SequenceEqual(many.Linear(x, layer).Values).ShouldBeTrue();
    }

    [Fact]
    public void Numbers_that_are_not_finite_stay_visible()
    {
        var layer = new Linear(TestTensors.Random(1, 32, 16), null);
        var x = TestTensors.Random(2, 1, 16);
        x.Writable[3] = float.NaN;
        foreach (var activation in Enum.GetValues<Activation>())
        {
            using var run = new Computation();
            run.Linear(x, layer, activation).Values[0].ShouldBe(float.NaN, activation.ToString());
        }
    }

    [Fact]
    public void A_width_that_does_not_fit_is_named()
    {
        using var run = new Computation();
        var layer = new Linear(TestTensors.Random(1, 4, 8), null);
        Should.Throw<ArgumentException>(() => run.Linear(Tensor.Zeros(2, 7), layer)).Message.ShouldContain("float32[2, 7]");
        Should.Throw<ArgumentException>(() => new Linear(Tensor.Zeros(4, 8), Tensor.Zeros(5)));
    }
}
