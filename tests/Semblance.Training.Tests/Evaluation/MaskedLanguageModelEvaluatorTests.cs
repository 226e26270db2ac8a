using Semblance.Tensors;

namespace Semblance.Training.Tests;

public class MaskedLanguageModelEvaluatorTests
{
    private static readonly string[] Texts = ["A man is eating food.", "A man is eating a piece of bread.", "The girl is carrying a baby.", "A man is riding a horse.", "A woman is playing violin."];

    private readonly SentenceTransformer _model = SentenceTransformer.LoadTrainable(Fixtures.Own("losses/model"));

    [Fact]
    public void The_metrics_are_those_of_the_losses_own_masking()
    {
        var loss = new MaskedLanguageModelLoss(_model, new MaskingOptions { Rate = 0.5 });
        var result = new MaskedLanguageModelEvaluator(Texts, loss, "held-out") { Seed = 3, BatchSize = 2 }.Evaluate(_model);
        var (sum, count) = (0.0, 0);
        for (var first = 0; first < Texts.Length; first += 2)
        {
            var tokens = loss.Hide(_model, new ModelInput([.. Texts.Skip(first).Take(2)]), 3 + (ulong)first);
            using var run = new Computation();
            sum += loss.Forward(run, tokens).Values[0] * tokens.Targets.Length;
            count += tokens.Targets.Length;
        }

        result.Metrics["held-out_loss"].ShouldBe(sum / count, 1e-5);
        result.Metrics["held-out_perplexity"].ShouldBe(Math.Exp(sum / count), 1e-2);
        result.PrimaryScore.ShouldBe(-result.Metrics["held-out_loss"]);
    }

    [Fact]
    public void Training_raises_the_accuracy_and_the_same_model_has_the_same_score()
    {
        var loss = new MaskedLanguageModelLoss(_model, new MaskingOptions { Rate = 0.3 });
        var evaluator = new MaskedLanguageModelEvaluator(Texts, loss);
        var before = evaluator.Evaluate(_model);
        evaluator.Evaluate(_model).Metrics.ShouldBe(before.Metrics);
        Example[] rows = [.. Texts.Select(text => new Example([text]))];
        new Trainer(
            _model,
            [new TrainingDataset("texts", rows, loss)],
            new DefaultBatchSampler(rows.Length, 5),
            parameters => new AdamW(ParameterGroups.From([.. parameters])),
            new TrainerOptions { Steps = 60, Schedule = new ConstantSchedule(5e-3) }).Train();
        var after = evaluator.Evaluate(_model);
        after.Metrics["accuracy"].ShouldBeGreaterThan(before.Metrics["accuracy"] + 0.2);
        after.PrimaryScore.ShouldBeGreaterThan(before.PrimaryScore);
        after.Metrics["accuracy"].ShouldBeInRange(0, 1);
    }

    [Fact]
    public void Another_model_is_refused()
    {
        var loss = new MaskedLanguageModelLoss(_model);
        Should.Throw<ArgumentException>(() => new MaskedLanguageModelEvaluator(Texts, loss).Evaluate(SentenceTransformer.LoadTrainable(Fixtures.Own("losses/model"))));
        Should.Throw<ArgumentException>(() => new MaskedLanguageModelEvaluator([], loss));
    }
}
