using Semblance.Training.Tests.Losses;

namespace Semblance.Training.Tests.Training;

/// <summary>Objectives beyond plain losses of vectors, trained.</summary>
public class ObjectiveTrainingTests
{
    private static readonly Dictionary<string, Func<Objective>> Objectives = new()
    {
        ["MultipleNegativesRankingLoss"] = () => new MultipleNegativesRankingLoss(),
        ["MultipleNegativesSymmetricRankingLoss"] = () => new MultipleNegativesSymmetricRankingLoss(),
        ["GISTEmbedLoss"] = () => new GISTEmbedLoss(new() { Temperature = 0.05f, Guide = RecordedTexts.Guide() }),
        ["CachedMultipleNegativesRankingLoss"] = () => new CachedMultipleNegativesRankingLoss(miniBatchTokens: 30),
        ["CachedMultipleNegativesSymmetricRankingLoss"] = () => new CachedMultipleNegativesSymmetricRankingLoss(miniBatchTokens: 30),
        ["CachedGISTEmbedLoss"] = () => new CachedGISTEmbedLoss(new() { Temperature = 0.05f, Guide = RecordedTexts.Guide() }, miniBatchTokens: 30),
        ["AdaptiveLayerLoss"] = () => new AdaptiveLayerLoss(new MultipleNegativesRankingLoss()),
        ["Matryoshka2dLoss"] = () => new Matryoshka2dLoss(new MultipleNegativesRankingLoss(), new() { Dimensions = [32, 16] }),
    };

    public static TheoryData<string> Names => [.. Objectives.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Rows_with_several_negatives_are_learned(string name)
    {
        // Anchor, positive and two hard negatives.
        var rows = RecordedTexts.Rows(3).Select((row, i) => new Example([.. row.Texts, RecordedTexts.Rows(3)[(i + 1) % 5].Texts[2]])).ToArray();
        var losses = Train(RecordedTexts.Model(), rows, Objectives[name](), steps: 25);
        losses[^1].ShouldBeLessThan(losses[0] / 2);
    }

    [Theory]
    [InlineData("MultipleNegativesRankingLoss")]
    [InlineData("CachedMultipleNegativesRankingLoss")]
    [InlineData("Matryoshka2dLoss")]
    public void Layers_that_are_computed_again_train_to_the_same_bits(string name)
    {
        float[] Trained(bool recompute)
        {
            var model = RecordedTexts.Random(layers: 3);
            Train(model, RecordedTexts.Rows(3), name == "Matryoshka2dLoss" ? new Matryoshka2dLoss(new MultipleNegativesRankingLoss(), new() { Dimensions = [8, 4] }) : Objectives[name](), 3, recompute);
            return [.. model.Parameters().SelectMany(parameter => parameter.Value.Values.ToArray())];
        }

        Trained(true).ShouldBe(Trained(false));
    }

    private static List<double> Train(SentenceTransformer model, Example[] rows, Objective objective, int steps, bool recompute = false)
    {
        var losses = new List<double>();
        new Trainer(
            model,
            [new TrainingDataset("rows", rows, objective)],
            new DefaultBatchSampler(rows.Length, rows.Length) { Shuffle = false },
            parameters => new AdamW(ParameterGroups.From([.. parameters])),
            new TrainerOptions { Steps = steps, Schedule = new ConstantSchedule(3e-3), RecomputeActivations = recompute })
            .Train(progress: new Steps(step => losses.Add(step.Loss)));
        return losses;
    }

    private sealed class Steps(Action<TrainingStep> report) : IProgress<TrainingStep>
    {
        public void Report(TrainingStep value) => report(value);
    }
}
