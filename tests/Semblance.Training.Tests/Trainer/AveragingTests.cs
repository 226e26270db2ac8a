namespace Semblance.Training.Tests.Training;

/// <summary>Tests averaged parameters and gradual unfreezing.</summary>
public sealed class AveragingTests : IDisposable
{
    private const string Watched = "0.encoder.layer.1.output.dense.weight";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("semblance-");

    /// <summary>Gets options whose trainings are resumed.</summary>
    public static TheoryData<string> Settings => ["ema", "mean", "unfreezing"];

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void The_moving_average_is_that_of_the_parameters_after_each_step()
    {
        var raw = Raw(_ => { });
        var average = raw[0];
        foreach (var values in raw.Skip(1))
        {
            average = [.. average.Zip(values, (before, value) => (0.9f * before) + (0.1f * value))];
        }

        Near(Trained(new WeightAveraging { Decay = 0.9 }), average);
    }

    [Fact]
    public void The_mean_is_that_of_the_last_steps()
    {
        var raw = Raw(_ => { });
        Near(Trained(new WeightAveraging { After = 6, Every = 2 }), [.. raw[7].Zip(raw[9], (a, b) => (a + b) / 2)]);
        Near(Trained(new WeightAveraging { After = 7 }), [.. raw[7].Select((value, i) => (value + raw[8][i] + raw[9][i]) / 3)]);
    }

    [Fact]
    public void Evaluations_see_the_averages_while_training_goes_on_with_the_raw_parameters()
    {
        var seen = new List<float[]>();
        var options = Options("a") with { Averaging = new WeightAveraging { After = 4 }, EvaluateEvery = 3, KeepBest = false };
        var losses = new List<double>();
        var model = Model();
        Make(model, options, new Watching(seen)).Train(progress: new Immediate<TrainingStep>(step => losses.Add(step.Loss)));
        var plain = new List<double>();
        var raw = Raw(step => plain.Add(step.Loss));
        losses.ShouldBe(plain);
        seen[0].ShouldBe(raw[2]); // nothing is averaged before
        Near(seen[1], [.. raw[4].Zip(raw[5], (a, b) => (a + b) / 2)]);
        Values(model).ShouldBe(seen[^1]);
        Values(SentenceTransformer.LoadTrainable(options.Folder!)).ShouldBe(seen[^1]);
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public void A_training_that_was_stopped_goes_on_with_the_same_bits(string setting)
    {
        TrainerOptions With(string folder) => setting switch
        {
            "ema" => Options(folder) with { Averaging = new WeightAveraging { Decay = 0.9 } },
            "mean" => Options(folder) with { Averaging = new WeightAveraging { After = 2, Every = 2 } },
            _ => Options(folder) with { Unfreezing = new GradualUnfreezing { Every = 3 } },
        };
        var whole = Model();
        Make(whole, With("whole")).Train();
        using var stop = new CancellationTokenSource();
        Should.Throw<OperationCanceledException>(() => Make(Model(), With("stopped")).Train(
            progress: new Immediate<TrainingStep>(step =>
            {
                if (step.Step == 5)
                {
                    stop.Cancel();
                }
            }), cancellationToken: stop.Token));
        var resumed = Model();
        Make(resumed, With("stopped")).Train(resume: true);
        foreach (var (own, other) in resumed.Parameters().Zip(whole.Parameters()))
        {
            own.Value.Values.SequenceEqual(other.Value.Values).ShouldBeTrue(own.Name);
        }
    }

    [Fact]
    public void Other_settings_of_averaging_are_a_change_that_resuming_refuses()
    {
        Make(Model(), Options("a") with { Averaging = new WeightAveraging { Decay = 0.9 } }).Train();
        Should.Throw<TrainingChangedException>(() => Make(Model(), Options("a") with { Averaging = new WeightAveraging { Decay = 0.99 } }).Train(resume: true))
            .Message.ShouldContain("averaging");
        Should.NotThrow(() => Make(Model(), Options("a") with { AllowChanges = true }).Train(resume: true));
    }

    [Fact]
    public void Layers_are_unfrozen_from_the_last_to_the_embeddings()
    {
        var model = Model();
        var (before, first) = (Parts(model), new Dictionary<string, long>());
        Make(model, Options("a") with { Unfreezing = new GradualUnfreezing { Every = 3 }, Schedule = new ConstantSchedule(1e-3) }).Train(
            progress: new Immediate<TrainingStep>(step =>
            {
                foreach (var (name, values) in Parts(model))
                {
                    if (!values.SequenceEqual(before[name]))
                    {
                        first.TryAdd(name, step.Step);
                    }
                }
            }));
        first.ShouldBe(new Dictionary<string, long> { ["layer.1."] = 0, ["layer.0."] = 3, ["embeddings."] = 6 }, ignoreOrder: true);
    }

    private static Dictionary<string, float[]> Parts(SentenceTransformer model) => ((string[])["layer.1.", "layer.0.", "embeddings."]).ToDictionary(
        part => part,
        part => model.Parameters().Where(parameter => parameter.Name.Contains(part, StringComparison.Ordinal)).SelectMany(parameter => parameter.Value.Values.ToArray()).ToArray());

    private float[] Trained(WeightAveraging averaging)
    {
        var model = Model();
        Make(model, Options(Guid.NewGuid().ToString()) with { Averaging = averaging }).Train();
        return Values(model);
    }

    // The parameters after each step of a training without averaging.
    private List<float[]> Raw(Action<TrainingStep> report)
    {
        var (model, raw) = (Model(), new List<float[]>());
        Make(model, Options("raw")).Train(progress: new Immediate<TrainingStep>(step =>
        {
            report(step);
            raw.Add(Values(model));
        }));
        return raw;
    }

    private static float[] Values(SentenceTransformer model) => model.Parameters().Single(parameter => parameter.Name == Watched).Value.Values.ToArray();

    private static void Near(float[] actual, float[] expected)
    {
        for (var i = 0; i < actual.Length; i++)
        {
            actual[i].ShouldBe(expected[i], 1e-6f);
        }
    }

    private TrainerOptions Options(string folder) => new()
    {
        Steps = 10,
        Schedule = new LinearSchedule(1e-2, totalSteps: 10, warmupSteps: 2),
        Folder = Path.Combine(_folder.FullName, folder),
        CheckpointEvery = 2,
    };

    private static Trainer Make(SentenceTransformer model, TrainerOptions options, Evaluator? evaluator = null)
    {
        string[] texts = ["A man eats.", "It rains.", "The sun shines.", "Two dogs play.", "A plane takes off.", "She reads a book."];
        Example[] rows = [.. texts.Select((text, i) => new Example([text, texts[(i + 1) % texts.Length]], i / 6f))];
        return new Trainer(
            model, [new TrainingDataset("pairs", rows, new CosineSimilarityLoss())], new DefaultBatchSampler(rows.Length, 3, seed: 5),
            parameters => new AdamW(ParameterGroups.From([.. parameters], weightDecay: 0.01)), options, evaluator);
    }

    private static SentenceTransformer Model() => SentenceTransformer.LoadTrainable(Fixtures.Own("losses/model"));

    private sealed class Watching(List<float[]> seen) : Evaluator("watching")
    {
        public override EvaluationResult Evaluate(SentenceTransformer model, CancellationToken cancellationToken = default)
        {
            seen.Add(Values(model));
            return new EvaluationResult(new Dictionary<string, double> { ["score"] = seen.Count }, "score");
        }
    }

    private sealed class Immediate<T>(Action<T> report) : IProgress<T>
    {
        public void Report(T value) => report(value);
    }
}
