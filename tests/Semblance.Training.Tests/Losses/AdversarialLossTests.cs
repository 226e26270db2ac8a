using Semblance.Tensors;

namespace Semblance.Training.Tests.Losses;

public class AdversarialLossTests
{
    private const float Epsilon = 0.25f, StepSize = 0.2f;

    private static readonly Loss Ranking = new MultipleNegativesRankingLoss();

    [Fact]
    public void The_fast_gradient_method_adds_the_gradient_where_the_words_are_changed()
    {
        var model = RecordedTexts.Model();
        var (clean, gradient, value) = Gradients(model);
        var changed = Gradients(model, Along(gradient, Epsilon)).All;
        Check(model, new AdversarialLoss(Ranking, new() { Epsilon = Epsilon }), value, [.. clean.Zip(changed, (a, b) => a + b)]);
    }

    [Fact]
    public void Projected_gradients_count_at_the_beginning_and_at_the_end_within_the_radius()
    {
        var model = RecordedTexts.Model();
        var (clean, gradient, value) = Gradients(model);
        var first = Along(gradient, StepSize);
        var second = Within([.. first.Zip(Along(Gradients(model, first).Words, StepSize), (a, b) => a + b)]);
        second.Sum(change => (double)change * change).ShouldBe(Epsilon * Epsilon, 1e-4); // the radius is reached
        var last = Gradients(model, second).All;
        var loss = new AdversarialLoss(Ranking, new() { Method = AdversarialMethod.ProjectedGradient, Epsilon = Epsilon, StepSize = StepSize, Steps = 2 });
        Check(model, loss, value, [.. clean.Zip(last, (a, b) => a + b)]);
    }

    [Fact]
    public void Free_large_batches_count_all_steps_alike()
    {
        var model = RecordedTexts.Model();
        var (clean, gradient, value) = Gradients(model);
        var (second, _, next) = Gradients(model, Along(gradient, StepSize));
        var loss = new AdversarialLoss(Ranking, new() { Method = AdversarialMethod.FreeLargeBatch, Epsilon = Epsilon, StepSize = StepSize, Steps = 2 });
        Check(model, loss, (value + next) / 2, [.. clean.Zip(second, (a, b) => (a + b) / 2)]);
    }

    [Fact]
    public void The_change_raises_the_loss()
    {
        var model = RecordedTexts.Model();
        var (_, gradient, value) = Gradients(model);
        Gradients(model, Along(gradient, Epsilon)).Value.ShouldBeGreaterThan(value);
    }

    [Fact]
    public void A_model_whose_words_are_frozen_is_named()
    {
        var model = RecordedTexts.Model();
        model.Parameters().First(parameter => parameter.Name.EndsWith("word_embeddings.weight", StringComparison.Ordinal)).IsTrained = false;
        Should.Throw<LossInputException>(() => new AdversarialLoss(Ranking).Backward(Batch(model))).Message.ShouldContain("word embeddings");
    }

    // The words and earlier gradients must be as they were.
    private static void Check(SentenceTransformer model, AdversarialLoss loss, double value, float[] expected)
    {
        var words = model.Body!.WordEmbeddings.Weight;
        var before = words.Values.ToArray();
        ModelGradients.Clear(model);
        loss.Backward(Batch(model)).ShouldBe(value, 1e-6);
        words.Values.ToArray().ShouldBe(before);
        var largest = expected.Max(Math.Abs);
        var found = ModelGradients.Of(model);
        found.Zip(expected, (a, b) => Math.Abs(a - b)).Max().ShouldBeLessThanOrEqualTo(1e-4f * largest);
        loss.Backward(Batch(model)); // gradients add up
        ModelGradients.Of(model).Zip(expected, (a, b) => Math.Abs(a - (2 * b))).Max().ShouldBeLessThanOrEqualTo(2e-4f * largest);
    }

    private static (float[] All, float[] Words, double Value) Gradients(SentenceTransformer model, float[]? change = null)
    {
        var words = model.Body!.WordEmbeddings.Weight;
        var before = words.Values.ToArray();
        for (var i = 0; i < change?.Length; i++)
        {
            words.Writable[i] += change[i];
        }

        ModelGradients.Clear(model);
        var value = Ranking.Backward(Batch(model));
        var result = (ModelGradients.Of(model), words.Gradient!.Values.ToArray(), value);
        before.CopyTo(words.Writable);
        return result;
    }

    private static TrainingBatch Batch(SentenceTransformer model) => new(model, RecordedTexts.Rows(2));

    private static float[] Along(float[] gradient, float length) => Scaled(gradient, length / Math.Sqrt(gradient.Sum(g => (double)g * g)));

    private static float[] Within(float[] change) => Scaled(change, Math.Min(1, Epsilon / Math.Sqrt(change.Sum(g => (double)g * g))));

    private static float[] Scaled(float[] values, double factor) => Array.ConvertAll(values, value => (float)(value * factor));
}
