using Semblance.Modules;

namespace Semblance.Training.Tests.Training;

public class SimCSETests
{
    private static readonly Example[] Rows =
    [
        .. new[] { "a man is eating food", "the girl is carrying a baby", "monday is a new day", "the train to berlin", "cats sleep all day", "a recipe with cucumber", "the gorilla is playing drums", "nobody is on the roof" }
            .Select(text => new Example([text])),
    ];

    [Fact]
    public void The_two_vectors_of_a_text_differ_with_dropout_and_are_the_same_without()
    {
        var dataset = TrainingDataset.SimCSE("texts", Rows);
        var batch = new TrainingBatch(Model(), dataset.Rows) { DropoutSeed = 1 };
        batch.Texts(0).ShouldBe(batch.Texts(1));
        using var run = batch.Start();
        var (one, other) = (batch.Forward(run, batch.Input(0)).Value, batch.Forward(run, batch.Input(1)).Value);
        for (var row = 0; row < Rows.Length; row++)
        {
            one.Row(row).ToArray().ShouldNotBe(other.Row(row).ToArray(), $"row {row}");
        }

        using var without = (batch with { DropoutSeed = null }).Start();
        batch.Forward(without, batch.Input(0)).Value.Values.ToArray().ShouldBe(batch.Forward(without, batch.Input(1)).Value.Values.ToArray());
    }

    [Fact]
    public void The_loss_is_finite_and_falls()
    {
        var dataset = TrainingDataset.SimCSE("texts", Rows);
        dataset.Loss.ShouldBeOfType<MultipleNegativesRankingLoss>();
        var losses = new List<double>();
        new Trainer(
            Model(),
            [dataset],
            new NoDuplicatesBatchSampler(dataset.Rows, 8),
            parameters => new AdamW(ParameterGroups.From([.. parameters])),
            new TrainerOptions { Steps = 40, Schedule = new ConstantSchedule(1e-3) }).Train(progress: new Immediate<TrainingStep>(step => losses.Add(step.Loss)));
        losses.ShouldAllBe(loss => double.IsFinite(loss));
        losses[^5..].Average().ShouldBeLessThan(losses[..5].Average() / 2);
    }

    // The recorded model, but with dropout.
    private static SentenceTransformer Model()
    {
        var recorded = Fixtures.Own("losses/model");
        using var folder = new TemporaryFolder();
        foreach (var file in Directory.EnumerateFiles(recorded))
        {
            File.Copy(file, folder.File(Path.GetFileName(file)));
        }

        var config = File.ReadAllText(folder.File("config.json"));
        File.WriteAllText(folder.File("config.json"), config.Replace("_dropout_prob\": 0.0", "_dropout_prob\": 0.1", StringComparison.Ordinal));
        return new SentenceTransformer([TransformerModule.Load(folder.Path, trainable: true), PoolingModule.Load(Path.Combine(recorded, "1_Pooling"))]);
    }

    private sealed class Immediate<T>(Action<T> report) : IProgress<T>
    {
        public void Report(T value) => report(value);
    }
}
