using System.Text.Json;
using Semblance.Checkpoints;

namespace Semblance.Training.Tests.Training;

public sealed class TrainerTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("semblance-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Ten_recorded_steps_are_reproduced()
    {
        var rows = RecordedRows();
        var expected = SafetensorsFile.Open(Fixtures.Own("losses/training-run/expected.safetensors"));
        var model = Model();
        var steps = new List<TrainingStep>();
        var trainer = new Trainer(
            model,
            [new TrainingDataset("recorded", rows, new MultipleNegativesRankingLoss())],
            new DefaultBatchSampler(rows.Count, 4) { Shuffle = false },
            parameters => new AdamW(ParameterGroups.From([.. parameters], weightDecay: 0.01)),
            new TrainerOptions { Steps = 10, Schedule = new LinearSchedule(1e-3, totalSteps: 10, warmupSteps: 2), DropoutSeed = null });
        trainer.Train(progress: new Immediate<TrainingStep>(steps.Add));

        for (var i = 0; i < 10; i++)
        {
            steps[i].Loss.ShouldBe(expected.Read("loss").Values[i], 1e-4 * expected.Read("loss").Values[i], $"loss of step {i}");
            steps[i].GradientNorm.ShouldBe(expected.Read("grad_norm").Values[i], 1e-3 * expected.Read("grad_norm").Values[i], $"gradient of step {i}");
        }

        var parameters = model.Parameters().ToDictionary(parameter => parameter.Name, parameter => parameter.Value);
        foreach (var name in expected.Tensors.Select(tensor => tensor.Name).Where(name => name.StartsWith("final.", StringComparison.Ordinal)))
        {
            var actual = parameters["0." + name["final.".Length..]];
            for (var i = 0; i < actual.Length; i++)
            {
                actual.Values[i].ShouldBe(expected.Read(name).Values[i], 1e-4f, $"{name}[{i}]");
            }
        }
    }

    [Theory]
    [InlineData(3, true)]
    [InlineData(7, false)]
    public void A_training_that_was_stopped_goes_on_with_the_same_bits(int stopAfter, bool killed)
    {
        var whole = Model();
        Make(whole, Path.Combine(_folder.FullName, "whole")).Train();

        var folder = Path.Combine(_folder.FullName, "stopped");
        using var stop = new CancellationTokenSource();
        Should.Throw<OperationCanceledException>(() => Make(Model(), folder).Train(
            progress: new Immediate<TrainingStep>(step =>
            {
                if (step.Step + 1 == stopAfter)
                {
                    stop.Cancel();
                }
            }), cancellationToken: stop.Token));
        if (killed)
        {
            File.Delete(Path.Combine(folder, "checkpoint.safetensors"));
            Should.Throw<TimeoutException>(() => Make(Model(), folder).Train(progress: new Immediate<TrainingStep>(step =>
            {
                if (step.Step + 1 == stopAfter)
                {
                    throw new TimeoutException("killed: nothing is written any more");
                }
            })));
        }

        var resumed = Model(); // fresh, as after a kill
        var steps = new List<long>();
        Make(resumed, folder).Train(resume: true, new Immediate<TrainingStep>(step => steps.Add(step.Step)));
        steps[0].ShouldBe(killed ? stopAfter / 2 * 2 : stopAfter);
        steps[^1].ShouldBe(9);
        foreach (var (name, value) in resumed.Parameters())
        {
            value.Values.SequenceEqual(whole.Parameters().ToDictionary(parameter => parameter.Name, parameter => parameter.Value)[name].Values).ShouldBeTrue(name);
        }
    }

    [Fact]
    public void What_a_stopped_step_left_behind_does_not_count()
    {
        var (clean, stale) = (Model(), Model());
        Make(clean, Path.Combine(_folder.FullName, "clean")).Train();
        var trainer = Make(stale, Path.Combine(_folder.FullName, "stale"));
        var (_, parameter) = stale.Parameters().First();
        parameter.Gradient = Semblance.Tensors.Tensor.From([.. Enumerable.Repeat(1f, parameter.Length)], [.. parameter.Shape]);
        trainer.Train();
        stale.Encode("A man is eating food.").ShouldBe(clean.Encode("A man is eating food."));
    }

    [Fact]
    public void Accumulated_batches_equal_one_large_batch_where_rows_do_not_interact()
    {
        float[] Trained(int batch, int accumulation)
        {
            var model = Model();
            var rows = ScoredRows();
            new Trainer(
                model,
                [new TrainingDataset("pairs", rows, new CosineSimilarityLoss())],
                new DefaultBatchSampler(rows.Length, batch) { Shuffle = false },
                parameters => new SGD(ParameterGroups.From([.. parameters])),
                new TrainerOptions { Steps = 3, Schedule = new ConstantSchedule(0.1), AccumulationSteps = accumulation, DropoutSeed = null }).Train();
            return model.Encode("A man is eating food.");
        }

        var (large, small) = (Trained(8, 1), Trained(2, 4));
        for (var i = 0; i < large.Length; i++)
        {
            small[i].ShouldBe(large[i], 1e-5f);
        }
    }

    [Fact]
    public void Two_data_sets_each_have_their_own_loss()
    {
        var classes = ScoredRows().Select((row, i) => row with { Score = null, Label = i % 3 }).ToArray();
        var softmax = new SoftmaxLoss(32, 3);
        var before = softmax.Parameters().First().Value.Values.ToArray();
        var names = new List<string>();
        var trainer = new Trainer(
            Model(),
            [new TrainingDataset("pairs", ScoredRows(), new CosineSimilarityLoss()), new TrainingDataset("classes", classes, softmax) { Weight = 0.5f }],
            new RoundRobinBatchSampler([new DefaultBatchSampler(8, 4), new DefaultBatchSampler(8, 4)]),
            parameters => new AdamW(ParameterGroups.From([.. parameters])),
            new TrainerOptions { Steps = 4, Schedule = new ConstantSchedule(1e-3) });
        trainer.Train(progress: new Immediate<TrainingStep>(step => names.Add(step.Dataset)));
        names.ShouldBe(["pairs", "classes", "pairs", "classes"]);
        softmax.Parameters().First().Value.Values.ToArray().ShouldNotBe(before);
    }

    [Fact]
    public void Learning_brings_the_scores_nearer_and_the_best_model_is_kept()
    {
        var rows = ScoredRows();
        var evaluator = new EmbeddingSimilarityEvaluator([.. rows.Select(row => row.Texts[0])], [.. rows.Select(row => row.Texts[1])], [.. rows.Select(row => (double)row.Score!)]);
        var model = Model();
        var before = evaluator.Evaluate(model).PrimaryScore;
        var best = new Trainer(
            model,
            [new TrainingDataset("pairs", rows, new CosineSimilarityLoss())],
            new DefaultBatchSampler(rows.Length, 4),
            parameters => new AdamW(ParameterGroups.From([.. parameters])),
            new TrainerOptions { Steps = 40, Schedule = new ConstantSchedule(2e-3), EvaluateEvery = 5, Folder = _folder.FullName },
            evaluator).Train();
        best.ShouldBeGreaterThan(before);
        evaluator.Evaluate(SentenceTransformer.Load(_folder.FullName)).PrimaryScore.ShouldBe(best, 1e-9);
    }

    [Fact]
    public void Evaluations_that_get_no_better_end_the_training()
    {
        var rows = ScoredRows();
        var steps = 0;
        new Trainer(
            Model(),
            [new TrainingDataset("pairs", rows, new CosineSimilarityLoss())],
            new DefaultBatchSampler(rows.Length, 4),
            parameters => new AdamW(ParameterGroups.From([.. parameters])),
            new TrainerOptions { Steps = 100, Schedule = new ConstantSchedule(0), EvaluateEvery = 2, Patience = 3 },
            new EmbeddingSimilarityEvaluator([.. rows.Select(row => row.Texts[0])], [.. rows.Select(row => row.Texts[1])], [.. rows.Select(row => (double)row.Score!)]))
            .Train(progress: new Immediate<TrainingStep>(_ => steps++));
        steps.ShouldBe(8); // the first is the best, three more are not
    }

    [Fact]
    public void A_loss_that_is_no_number_stops_with_the_step_and_the_likely_cause()
    {
        var rows = ScoredRows();
        var trainer = new Trainer(
            Model(),
            [new TrainingDataset("pairs", rows, new CosineSimilarityLoss())],
            new DefaultBatchSampler(rows.Length, 4),
            parameters => new SGD(ParameterGroups.From([.. parameters])),
            new TrainerOptions { Steps = 50, Schedule = new ConstantSchedule(1e30), MaxGradientNorm = null });
        var fault = Should.Throw<TrainingException>(() => trainer.Train());
        fault.Message.ShouldContain("learning rate");
        fault.Step.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void A_checkpoint_of_another_model_is_refused()
    {
        Make(Model(), _folder.FullName).Train();
        var other = SentenceTransformer.LoadTrainable(Fixtures.Own("st/cls-dense"));
        Should.Throw<CheckpointFormatException>(() => Make(other, _folder.FullName).Train(resume: true));
    }

    [Fact]
    public void Frozen_parameters_have_no_gradient_and_no_place_in_the_checkpoint_and_a_training_goes_on_with_the_same_bits()
    {
        var frozen = new ParameterRule("*.embeddings.*") { Frozen = true };
        var (whole, start) = (Model(), Model());
        Make(whole, Path.Combine(_folder.FullName, "whole"), frozen).Train();
        var folder = Path.Combine(_folder.FullName, "stopped");
        using var stop = new CancellationTokenSource();
        Should.Throw<OperationCanceledException>(() => Make(Model(), folder, frozen).Train(
            progress: new Immediate<TrainingStep>(step =>
            {
                if (step.Step == 3)
                {
                    stop.Cancel();
                }
            }), cancellationToken: stop.Token));
        SafetensorsFile.Open(Path.Combine(folder, "checkpoint.safetensors")).Tensors.ShouldNotContain(tensor => tensor.Name.Contains(".embeddings.", StringComparison.Ordinal));

        var resumed = Model();
        Make(resumed, folder, frozen).Train(resume: true);
        foreach (var ((name, value), before) in resumed.Parameters().Zip(start.Parameters()))
        {
            var isFrozen = frozen.Matches(name);
            value.RequiresGradient.ShouldBe(!isFrozen, name);
            value.Values.SequenceEqual(whole.Parameters().First(parameter => parameter.Name == name).Value.Values).ShouldBeTrue(name);
            (isFrozen && !value.Values.SequenceEqual(before.Value.Values)).ShouldBeFalse(name);
            (isFrozen && value.Gradient is not null).ShouldBeFalse(name);
        }

        // Parameters that are trained now, but were not before, are named.
        Should.Throw<CheckpointFormatException>(() => Make(Model(), folder).Train(resume: true)).Message.ShouldContain("embeddings");
        Should.Throw<CheckpointFormatException>(() => Make(Model(), folder, frozen, new ParameterRule("*.layer.0.*") { Frozen = true }).Train(resume: true));
    }

    [Fact]
    public void A_checkpoint_that_has_frozen_parameters_too_still_goes_on()
    {
        var frozen = new ParameterRule("*.embeddings.*") { Frozen = true };
        var folder = _folder.FullName;
        Make(Model(), folder, frozen).Train();
        var path = Path.Combine(folder, "checkpoint.safetensors");
        var file = SafetensorsFile.Open(path);
        var writer = new SafetensorsWriter();
        foreach (var (name, text) in file.Metadata)
        {
            writer.Metadata[name] = text;
        }

        foreach (var tensor in file.Tensors)
        {
            if (tensor.DType == DType.I64)
            {
                writer.Add(tensor.Name, file.ReadInt64(tensor.Name), [.. tensor.Shape]);
            }
            else
            {
                writer.Add(tensor.Name, file.Read(tensor.Name));
            }
        }

        foreach (var (name, value) in Model().Parameters().Where(parameter => frozen.Matches(parameter.Name)))
        {
            writer.Add("parameter." + name, value);
        }

        writer.Save(path + ".earlier");
        File.Move(path + ".earlier", path, overwrite: true);
        Should.NotThrow(() => Make(Model(), folder, frozen).Train(resume: true));
    }

    private static Trainer Make(SentenceTransformer model, string folder, params ParameterRule[] rules)
    {
        var rows = ScoredRows();
        return new Trainer(
            model,
            [new TrainingDataset("pairs", rows, new CosineSimilarityLoss())],
            new DefaultBatchSampler(rows.Length, 3, seed: 5),
            parameters => new AdamW(ParameterGroups.From([.. parameters], weightDecay: 0.01, rules)),
            new TrainerOptions { Steps = 10, Schedule = new LinearSchedule(1e-3, totalSteps: 10, warmupSteps: 2), Folder = folder, CheckpointEvery = 2 });
    }

    private static SentenceTransformer Model() => SentenceTransformer.LoadTrainable(Fixtures.Own("losses/model"));

    private static List<Example> RecordedRows()
    {
        using var run = JsonDocument.Parse(File.ReadAllText(Fixtures.Own("losses/training-run/run.json")));
        var rows = new List<Example>();
        foreach (var batch in run.RootElement.GetProperty("batches").EnumerateArray())
        {
            for (var row = 0; row < batch[0].GetArrayLength(); row++)
            {
                rows.Add(new Example([.. batch.EnumerateArray().Select(column => column[row].GetString()!)]));
            }
        }

        return rows;
    }

    private static Example[] ScoredRows() =>
        [.. RecordedRows().DistinctBy(row => row.Texts[0]).Take(8).Select((row, i) => row with { Score = (i * 3 % 8) / 8f })];

    private sealed class Immediate<T>(Action<T> report) : IProgress<T>
    {
        public void Report(T value) => report(value);
    }

    [Fact]
    public void A_model_that_computes_in_another_type_than_float32_is_refused_by_name()
    {
        var model = SentenceTransformer.Load(Fixtures.Own("losses/model"), Tensors.ComputeType.Int8);
        Example[] rows = [new(["A text.", "Another text."], 1)];
        Should.Throw<ArgumentException>(() => new Trainer(
            model, [new TrainingDataset("pairs", rows, new CosineSimilarityLoss())], new DefaultBatchSampler(rows.Length, 1),
            parameters => new AdamW(ParameterGroups.From(parameters)),
            new TrainerOptions { Steps = 1, Schedule = new ConstantSchedule(1e-4) })).Message.ShouldContain("Int8");
    }
}
