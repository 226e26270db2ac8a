using Semblance.Modules;
using Semblance.Tensors;

namespace Semblance.Training.Tests.Losses;

public class AdaptiveLayerLossTests
{
    private static readonly Example[] Rows = RecordedTexts.Rows(3);

    [Fact]
    public void On_a_model_of_one_layer_it_is_the_loss_itself()
    {
        var (model, reference) = (RecordedTexts.Random(layers: 1), RecordedTexts.Random(layers: 1));
        var value = new AdaptiveLayerLoss(new MultipleNegativesRankingLoss()).Backward(new TrainingBatch(model, Rows) { Scale = 0.5f });
        value.ShouldBe(new MultipleNegativesRankingLoss().Backward(new TrainingBatch(reference, Rows) { Scale = 0.5f }));
        Gradients(model).ShouldBe(Gradients(reference));
    }

    [Fact]
    public void Where_only_the_last_layer_counts_it_is_the_loss_itself()
    {
        var (model, reference) = (RecordedTexts.Random(layers: 3), RecordedTexts.Random(layers: 3));
        var loss = new AdaptiveLayerLoss(new MultipleNegativesRankingLoss(), new() { PriorLayersWeight = 0, DivergenceWeight = 0 });
        loss.Backward(new TrainingBatch(model, Rows)).ShouldBe(new MultipleNegativesRankingLoss().Backward(new TrainingBatch(reference, Rows)));
        Gradients(model).ShouldBe(Gradients(reference));
    }

    [Fact]
    public void Layers_and_their_divergence_add_up_as_the_formula_says()
    {
        var model = RecordedTexts.Random(layers: 3);
        var vectors = Enumerable.Range(1, 3).Select(layer => Embed(model, layer)).ToArray(); // by layer, column
        double Loss(int layer)
        {
            using var run = new Computation();
            return new MultipleNegativesRankingLoss().Forward(run, new LossInput(vectors[layer - 1])).Values[0];
        }

        double[] Probabilities(ReadOnlySpan<float> vector)
        {
            var powers = vector.ToArray().Select(x => Math.Exp(x / 0.3)).ToArray();
            return [.. powers.Select(power => power / powers.Sum())];
        }

        double Divergence(int layer) => Enumerable.Range(0, 3).SelectMany(column => Enumerable.Range(0, 5).Select(row =>
            Probabilities(vectors[2][column].Row(row)).Zip(Probabilities(vectors[layer - 1][column].Row(row)), (p, q) => p * Math.Log(p / q)).Sum())).Average();

        void Check(LayerWeighting weighting, double first, double second)
        {
            var expected = (2 * Loss(3)) + (0.7 * ((first * Loss(1)) + (second * Loss(2))) / 2) + (0.5 * 0.3 * (Divergence(1) + Divergence(2)));
            new AdaptiveLayerLoss(new MultipleNegativesRankingLoss(), new() { LayersPerStep = null, LastLayerWeight = 2, PriorLayersWeight = 0.7f, DivergenceWeight = 0.5f, LayerWeighting = weighting }).Backward(new TrainingBatch(model, Rows)).ShouldBe(expected, 1e-4);
        }

        Check(LayerWeighting.Uniform, 1, 1);
        Check(LayerWeighting.Log, 1 / (1 + Math.Log(2)), 1 / (1 + Math.Log(3)));
        Check(LayerWeighting.Linear, 1.0 / 2, 1.0 / 3);
        new AdaptiveLayerLoss(new CoSENTLoss()).Settings.LayerWeighting.ShouldBe(LayerWeighting.Uniform);
        Divergence(1).ShouldBeGreaterThan(1e-3);
    }

    [Fact]
    public void The_last_layer_is_a_teacher_that_the_divergence_does_not_move()
    {
        // Only the divergence counts: what comes after the last layer that learns from it has no gradient.
        var model = RecordedTexts.Random(layers: 3);
        new AdaptiveLayerLoss(new MultipleNegativesRankingLoss(), new() { LayersPerStep = null, LastLayerWeight = 0, PriorLayersWeight = 0 }).Backward(new TrainingBatch(model, Rows));
        float[] Of(int layer) => [.. model.Parameters().Where(parameter => parameter.Name.Contains($"layer.{layer}.", StringComparison.Ordinal)).SelectMany(parameter => parameter.Value.Gradient?.Values.ToArray() ?? [0])];
        Of(2).ShouldAllBe(g => g == 0);

        // Along its own gradient, a parameter raises the divergence from the teacher as it is now by the gradient's length.
        double[] Softmax(ReadOnlySpan<float> x)
        {
            var powers = x.ToArray().Select(value => Math.Exp(value / 0.3)).ToArray();
            return [.. powers.Select(power => power / powers.Sum())];
        }

        var teacher = Embed(model, 3).SelectMany(column => Enumerable.Range(0, 5).Select(row => Softmax(column.Row(row)))).ToArray();
        double Divergence() => 0.3 * Enumerable.Range(1, 2).Sum(layer => Embed(model, layer).SelectMany(column => Enumerable.Range(0, 5).Select(row => Softmax(column.Row(row))))
            .Zip(teacher, (q, p) => p.Zip(q, (a, b) => a * Math.Log(a / b)).Sum()).Average());
        foreach (var parameter in model.Parameters().Where(parameter => parameter.Name.Contains("layer.1.output.dense.weight", StringComparison.Ordinal) || parameter.Name.Contains("layer.0.attention.self.value.weight", StringComparison.Ordinal)))
        {
            var gradient = parameter.Value.Gradient!.Values.ToArray();
            var (before, length) = (parameter.Value.Values.ToArray(), Length(gradient));
            double At(double step)
            {
                for (var i = 0; i < before.Length; i++)
                {
                    parameter.Value.Writable[i] = (float)(before[i] + (step * gradient[i] / length));
                }

                return Divergence();
            }

            length.ShouldBeGreaterThan(1e-3);
            ((At(2e-3) - At(-2e-3)) / 4e-3).ShouldBe(length, 0.02 * length, parameter.Name);
            before.CopyTo(parameter.Value.Writable);
        }
    }

    [Fact]
    public void Gradients_equal_finite_differences()
    {
        var model = RecordedTexts.Random(layers: 3);
        var loss = new Matryoshka2dLoss(new MultipleNegativesRankingLoss(new() { Scale = 5 }), new() { Dimensions = [8, 4], LayersPerStep = null, DimensionsPerStep = null, DivergenceWeight = 0 });
        loss.Backward(new TrainingBatch(model, Rows));
        var parameters = model.Parameters().Where(parameter => parameter.Value.Gradient is not null)
            .Select(parameter => (Name: parameter.Name, parameter.Value, Gradient: parameter.Value.Gradient!.Values.ToArray())).ToArray();
        parameters.Count(parameter => Length(parameter.Gradient) > 1e-2).ShouldBeGreaterThan(30);
        foreach (var (name, parameter, gradient) in parameters)
        {
            // Along its own gradient, the loss must rise by the gradient's length.
            var length = Length(gradient);
            var before = parameter.Values.ToArray();
            double Value(double step)
            {
                for (var i = 0; i < before.Length; i++)
                {
                    parameter.Writable[i] = (float)(before[i] + (step * gradient[i] / length));
                }

                return loss.Backward(new TrainingBatch(model, Rows));
            }

            if (length > 1e-2)
            {
                const double Step = 2e-3;
                ((Value(Step) - Value(-Step)) / (2 * Step)).ShouldBe(length, Math.Max(2e-3, 0.02 * length), name);
                before.CopyTo(parameter.Writable);
            }
        }
    }

    [Fact]
    public void The_seed_of_the_batch_draws_the_layers()
    {
        var model = RecordedTexts.Random(layers: 4, dropout: 0);
        double Value(ulong? seed, int? layers) => new AdaptiveLayerLoss(new MultipleNegativesRankingLoss(), new() { LayersPerStep = layers, DivergenceWeight = 0 })
            .Backward(new TrainingBatch(model, Rows) { DropoutSeed = seed });

        Value(3, 1).ShouldBe(Value(3, 1));
        Enumerable.Range(0, 40).Select(seed => Value((ulong)seed, 1)).Distinct().Count().ShouldBe(3);
        Enumerable.Range(0, 40).Select(seed => Value((ulong)seed, 2)).Distinct().Count().ShouldBe(3);
        Value(5, 3).ShouldBe(Value(null, 1)); // without chance, all
        Value(5, null).ShouldBe(Value(null, null));
    }

    [Fact]
    public void A_guide_sees_every_layer()
    {
        var model = RecordedTexts.Random(layers: 2);
        var loss = new Matryoshka2dLoss(new GISTEmbedLoss(new() { Temperature = 0.05f, Guide = RecordedTexts.Guide() }), new() { Dimensions = [8, 4] });
        loss.Backward(new TrainingBatch(model, Rows) { DropoutSeed = 1 }).ShouldBeGreaterThan(0);
        Gradients(model).ShouldContain(g => g != 0);
    }

    private static double Length(float[] gradient) => Math.Sqrt(gradient.Sum(g => (double)g * g));

    private static Tensor[] Embed(SentenceTransformer model, int layer) => [.. Enumerable.Range(0, 3).Select(column =>
    {
        using var run = new Computation();
        var features = model.Tokenize([.. Rows.Select(row => row.Texts[column])]);
        var states = new List<Tensor>();
        ((TransformerModule)model.Modules[0]).Transformer.Forward(run, features.Batch, states);
        var pooled = run.Pool(states[layer], features.Batch, [Pooling.Mean]);
        return Tensor.From(pooled.Values, pooled.Shape);
    })];

    private static float[] Gradients(SentenceTransformer model) =>
        [.. model.Parameters().SelectMany(parameter => parameter.Value.Gradient?.Values.ToArray() ?? new float[parameter.Value.Length])];
}
