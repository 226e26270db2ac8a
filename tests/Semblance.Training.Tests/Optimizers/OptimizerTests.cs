using Semblance.Checkpoints;
using Semblance.Tensors;

namespace Semblance.Training.Tests;

public class OptimizerTests
{
    private static readonly Dictionary<string, Func<IReadOnlyList<Parameter>, Optimizer>> Optimizers = new()
    {
        ["adamw-linear-warmup"] = parameters => new AdamW(Groups(parameters, 0.01, 0)),
        ["adamw-constant"] = parameters => new AdamW(Groups(parameters, 0.1, 0)),
        ["adamw-clip"] = parameters => new AdamW(Groups(parameters, 0.01, 0)),
        ["adamw-amsgrad"] = parameters => new AdamW(Groups(parameters, 0.01, 0.01)) { AmsGrad = true },
        ["adam"] = parameters => new Adam(Groups(parameters, 0.05, 0.05)),
        ["sgd-momentum"] = parameters => new SGD(Groups(parameters, 0.01, 0.01)) { Momentum = 0.9 },
        ["sgd-nesterov"] = parameters => new SGD(Groups(parameters, 0, 0)) { Momentum = 0.9, Nesterov = true },
        ["rmsprop"] = parameters => new RMSprop(Groups(parameters, 0, 0)),
        ["adagrad"] = parameters => new Adagrad(Groups(parameters, 0, 0)),
        ["adafactor"] = parameters => new Adafactor(Groups(parameters, 0, 0)) { RelativeStep = false, ScaleParameter = false },
        ["adafactor-momentum"] = parameters => new Adafactor(Groups(parameters, 0.1, 0)) { RelativeStep = false, Beta1 = 0.9 },
        ["adafactor-relative"] = parameters => new Adafactor(Groups(parameters, 0, 0)) { WarmupInit = true },
    };

    public static TheoryData<string> Names => [.. Optimizers.Keys.Where(name => name != "adafactor-momentum")];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_step_is_as_recorded(string name)
    {
        var file = SafetensorsFile.Open(Fixtures.Own($"optim/{name}.safetensors"));
        var parameters = Initial(file);
        var optimizer = Optimizers[name](parameters);
        var rates = file.Read("lr");
        for (var step = 0; step < rates.Length; step++)
        {
            Tensor[] gradients = [Copy(file.Read($"grad.{step}.0")), Copy(file.Read($"grad.{step}.1"))];
            if (name == "adamw-clip")
            {
                GradientClipping.ByGlobalNorm(gradients, 1).ShouldBe(file.Read($"total_norm.{step}").Values[0], 1e-5);
            }

            optimizer.Step(gradients, name == "adafactor-relative" ? 0 : rates.Values[step]);
            for (var i = 0; i < 2; i++)
            {
                var expected = file.Read($"param.{step}.{i}");
                for (var j = 0; j < expected.Length; j++)
                {
                    parameters[i].Value.Values[j].ShouldBe(expected.Values[j], 1e-6f, $"step {step}, parameter {i}, element {j}");
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    [InlineData("adafactor-momentum")]
    public void Training_that_goes_on_from_a_file_has_the_same_bits(string name)
    {
        using var folder = new TemporaryFolder();
        var (parameters, resumed) = (Random(1), Random(1));
        var optimizer = Optimizers[name](parameters);
        for (var step = 0; step < 7; step++)
        {
            if (step == 3)
            {
                var writer = new SafetensorsWriter();
                optimizer.SaveState(writer);
                writer.Save(folder.File("state.safetensors"));
                foreach (var (from, to) in parameters.Zip(resumed))
                {
                    from.Value.Values.CopyTo(to.Value.Writable);
                }
            }

            optimizer.Step(Gradients(step), 0.01);
        }

        var other = Optimizers[name](resumed);
        other.LoadState(Checkpoint.OpenFile(folder.File("state.safetensors")));
        for (var step = 3; step < 7; step++)
        {
            other.Step(Gradients(step), 0.01);
        }

        foreach (var (expected, actual) in parameters.Zip(resumed))
        {
            actual.Value.Values.SequenceEqual(expected.Value.Values).ShouldBeTrue();
            System.Numerics.Tensors.TensorPrimitives.IsFiniteAll(actual.Value.Values).ShouldBeTrue();
        }
    }

    [Fact]
    public void An_element_changes_alike_wherever_it_lies()
    {
        // One value everywhere, more than a block and not a multiple of any vector: all elements stay equal, bit for bit.
        foreach (var (name, create) in Optimizers.Where(entry => !entry.Key.StartsWith("adafactor", StringComparison.Ordinal)))
        {
            var value = Tensor.Zeros(10_007);
            value.Writable.Fill(0.3f);
            var gradient = Tensor.Zeros(10_007);
            var optimizer = create([new Parameter("w", value), new Parameter("b", Tensor.Zeros(1))]);
            foreach (var step in new[] { 0.1f, -0.7f, 0.33f })
            {
                gradient.Writable.Fill(step);
                optimizer.Step([gradient, null], 0.01);
            }

            value.Values.IndexOfAnyExcept(value.Values[0]).ShouldBe(-1, name);
            value.Values[0].ShouldNotBe(0.3f);
        }
    }

    [Fact]
    public void A_gradient_of_single_rows_steps_as_a_dense_one()
    {
        foreach (var (name, create) in Optimizers)
        {
            Parameter[] rows = [new("words", RandomTensor(1, 500, 48)), new("unused", Tensor.Zeros(1))];
            Parameter[] dense = [new("words", Copy(rows[0].Value)), rows[1]];
            var (optimizer, other) = (create(rows), create(dense));
            rows[0].Value.RequiresGradient = true;
            for (var step = 0; step < 3; step++)
            {
                int[] ids = [step, 7, 499 - (3 * step), 7];
                using (var run = new Computation(recording: true))
                {
                    run.Backward(run.Embed(PackedBatch.From([ids]), rows[0].Value), RandomTensor(step, 4, 48));
                }

                var copy = Copy(rows[0].Value.Gradient!);
                GradientClipping.ByGlobalNorm([rows[0].Value.Gradient, null], 0.5).ShouldBe(GradientClipping.ByGlobalNorm([null, copy], 0.5));
                optimizer.Step([rows[0].Value.Gradient, null], 0.01);
                other.Step([copy, null], 0.01);
                rows[0].Value.ClearGradient();
            }

            rows[0].Value.Values.SequenceEqual(dense[0].Value.Values).ShouldBeTrue(name);
        }
    }

    [Fact]
    public void A_parameter_without_a_gradient_stays_and_does_not_count_the_step()
    {
        var (parameters, alone) = (Random(2), Random(2));
        var (optimizer, other) = (new AdamW([new ParameterGroup(parameters)]), new AdamW([new ParameterGroup(alone)]));
        optimizer.Step([Gradients(0)[0], null], 0.1);
        parameters[1].Value.Values.SequenceEqual(alone[1].Value.Values).ShouldBeTrue();
        optimizer.Step([null, Gradients(0)[1]], 0.1);
        other.Step(Gradients(0), 0.1);
        parameters[1].Value.Values.SequenceEqual(alone[1].Value.Values).ShouldBeTrue();
    }

    [Fact]
    public void Adafactor_treats_a_stack_of_matrices_as_each_of_them()
    {
        var stack = Copy(Random(3)[0].Value, 2, 30, 67);
        var matrices = Enumerable.Range(0, 2).Select(i => new Parameter($"{i}", Tensor.From(stack.Values.Slice(i * 30 * 67, 30 * 67), 30, 67))).ToArray();
        var gradient = Copy(Gradients(1)[0], 2, 30, 67);
        new Adafactor([new ParameterGroup([new Parameter("stack", stack)])]) { RelativeStep = false, ScaleParameter = false, ClipThreshold = 1e9 }.Step([gradient], 0.01);
        new Adafactor([new ParameterGroup(matrices)]) { RelativeStep = false, ScaleParameter = false, ClipThreshold = 1e9 }
            .Step([.. Enumerable.Range(0, 2).Select(i => Tensor.From(gradient.Values.Slice(i * 30 * 67, 30 * 67), 30, 67))], 0.01);
        stack.Values[..(30 * 67)].SequenceEqual(matrices[0].Value.Values).ShouldBeTrue();
        stack.Values[(30 * 67)..].SequenceEqual(matrices[1].Value.Values).ShouldBeTrue();
    }

    [Fact]
    public void State_of_other_parameters_is_refused_and_changes_nothing()
    {
        using var folder = new TemporaryFolder();
        var writer = new SafetensorsWriter();
        new SGD([new ParameterGroup(Random(1))]) { Momentum = 0.5 }.SaveState(writer);
        writer.Save(folder.File("sgd.safetensors"));
        var checkpoint = Checkpoint.OpenFile(folder.File("sgd.safetensors"));
        Should.Throw<CheckpointFormatException>(() => new AdamW([new ParameterGroup(Random(1))]).LoadState(checkpoint)).Message.ShouldContain("exp_avg");
        Should.Throw<CheckpointFormatException>(() => new SGD([new ParameterGroup([Random(1)[0]])]).LoadState(checkpoint)).Message.ShouldContain("1 are trained");
    }

    [Fact]
    public void Gradients_that_do_not_fit_are_named()
    {
        var optimizer = new AdamW([new ParameterGroup(Random(1))]);
        Should.Throw<ArgumentException>(() => optimizer.Step([null], 0.1)).Message.ShouldContain("1 gradients for 2");
        Should.Throw<ArgumentException>(() => optimizer.Step([null, Tensor.Zeros(3)], 0.1)).Message.ShouldContain("'layer.bias' is float32[3]");
        Should.Throw<ArgumentException>(() => optimizer.Step([null, null], double.NaN));
        Should.Throw<ArgumentException>(() => new Adam([]) { Beta1 = 1 }).Message.ShouldContain("Beta1");
        Should.Throw<ArgumentException>(() => new Adam([new ParameterGroup([.. Random(1), .. Random(2)])])).Message.ShouldContain("'layer.weight'");
    }

    [Fact]
    public void Gradients_that_are_not_finite_are_reported_and_left_alone()
    {
        var gradient = Tensor.From([3, float.PositiveInfinity], 2);
        GradientClipping.ByGlobalNorm([gradient, null], 1).ShouldBe(double.PositiveInfinity);
        gradient.Values[0].ShouldBe(3);
        double.IsNaN(GradientClipping.ByGlobalNorm([Tensor.From([float.NaN], 1)], 1)).ShouldBeTrue();
        GradientClipping.ByGlobalNorm([Tensor.From([3, 4], 2)], double.PositiveInfinity).ShouldBe(5);
    }

    private static ParameterGroup[] Groups(IReadOnlyList<Parameter> parameters, params double[] decay) =>
        [.. parameters.Zip(decay, (parameter, weightDecay) => new ParameterGroup([parameter]) { WeightDecay = weightDecay })];

    private static Parameter[] Initial(Checkpoint file) =>
        [new("layer.weight", Copy(file.Read("initial.0"))), new("layer.bias", Copy(file.Read("initial.1")))];

    private static Parameter[] Random(int seed) =>
        [new("layer.weight", RandomTensor(seed, 60, 67)), new("layer.bias", RandomTensor(seed + 100, 5003))];

    private static Tensor[] Gradients(int step) => [RandomTensor(1000 + step, 60, 67), RandomTensor(2000 + step, 5003)];

    private static Tensor RandomTensor(int seed, params int[] shape)
    {
        var random = new Random(seed);
        var tensor = Tensor.Zeros(shape);
        foreach (ref var value in tensor.Writable)
        {
            value = (random.NextSingle() * 2) - 1;
        }

        return tensor;
    }

    private static Tensor Copy(Tensor tensor) => Tensor.From(tensor.Values, tensor.Shape);

    private static Tensor Copy(Tensor tensor, params int[] shape) => Tensor.From(tensor.Values, shape);
}
