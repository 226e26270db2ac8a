using Semblance.Checkpoints;
using Semblance.Training;
using YamlDotNet.RepresentationModel;

namespace Semblance.Cli.Recipes;

/// <summary>A training as a file says it: the model, the data sets with their losses, how to train, how to judge, where to write.</summary>
internal sealed class Recipe
{
    private static readonly string[] Keys =
    [
        "model", "cross-encoder", "output", "seed", "datasets", "mixing", "steps", "epochs", "rate", "schedule", "optimizer", "accumulation",
        "gradient-clip", "evaluate", "keep", "patience", "checkpoint-every", "weights", "vary", "card", "dropout",
    ];

    private const int MostVariants = 1000;
    private const long LargestVariants = 1 << 26; // what 1,000 recipes of 60 KiB take

    private readonly RecipeNode _root;
    private readonly string _folder;

    private Recipe(RecipeNode root, string folder, string output)
    {
        (_root, _folder, Output) = (root.Only(Keys), folder, output);
        Seed = root.Find("seed")?.Number(0, int.MaxValue) ?? 42;
    }

    /// <summary>Where the model and all about its training are written.</summary>
    public string Output { get; }

    /// <summary>Where chance begins.</summary>
    public int Seed { get; }

    /// <summary>Reads a recipe.</summary>
    /// <param name="path">The file.</param>
    /// <param name="folder">What the paths of data are relative to.</param>
    /// <param name="output">Where to write; null for what the recipe says.</param>
    /// <param name="changes">What is set otherwise than in the file, by dotted path.</param>
    /// <returns>The recipe; several where it varies a setting, each with a name that says how.</returns>
    /// <exception cref="RecipeException">The recipe is not one.</exception>
    public static IReadOnlyList<(string Name, Recipe Recipe)> Read(string path, string folder, string? output, IReadOnlyList<KeyValuePair<string, string>> changes)
    {
        var root = Changed();
        output ??= root.Get("output").Text();
        if (root.Find("vary") is not { } vary)
        {
            return [("", new Recipe(root, folder, output))];
        }

        IEnumerable<(string Name, (string Key, YamlNode Value)[] Values)> variants = [("", [])];
        var count = 1L;
        foreach (var (key, values) in vary.Entries())
        {
            count *= Math.Max(1, Choices(key, values).Count());
            if (count > MostVariants || count * root.Size > LargestVariants)
            {
                throw vary.Fault($"this makes {count:N0} trainings or more, each of a recipe of its own; at most {MostVariants:N0} are supported, and fewer of large recipes.");
            }

            variants = variants.SelectMany(variant => Choices(key, values).Select(choice => (Join(variant.Name, choice.Name), ((string, YamlNode)[])[.. variant.Values, (key, choice.Value)])));
        }

        return [.. variants.Select(variant =>
        {
            var copy = Changed();
            foreach (var (key, value) in variant.Values)
            {
                copy.Set(key, value);
            }

            return (variant.Name, new Recipe(copy, folder, Path.Combine(output, variant.Name)));
        })];

        RecipeNode Changed()
        {
            var node = RecipeNode.Read(path);
            foreach (var (key, value) in changes)
            {
                node.Set(key, new YamlScalarNode(value));
            }

            return node;
        }
    }

    /// <summary>Loads the model and the data, and puts the training together.</summary>
    /// <param name="cancellation">Stops a download.</param>
    /// <param name="allowChanges">Whether it may go on from a checkpoint with other data or settings.</param>
    public async Task<Prepared> PrepareAsync(bool allowChanges, CancellationToken cancellation)
    {
        var evaluate = _root.Find("evaluate")?.Only("every", "on");
        var evaluator = evaluate is null ? null : RecipeEvaluator.Create(evaluate.Get("on"), _folder);
        var begun = Begun();
        ITrainableModel model = IsCrossEncoder
            ? await RecipeModel.CreateCrossEncoderAsync(begun, Seed, cancellation).ConfigureAwait(false)
            : await RecipeModel.CreateAsync(begun, Seed, cancellation).ConfigureAwait(false);
        RecipeDataset[] datasets = [.. _root.Get("datasets").Items().Select(node => RecipeDataset.Load(node, _folder, model.Tokenizer, Seed, cancellation))];
        var from = await RecipeModel.FolderAsync(begun, cancellation, IsCrossEncoder && !begun.IsMapping ? ModelKind.CrossEncoder : ModelKind.SentenceTransformer).ConfigureAwait(false);
        var training = datasets.Select(dataset => dataset.ToTraining((loss, labels) => LossRegistry.Create(loss, new LossContext(model, from, labels, Seed)))).ToArray();
        var sampler = Sampler(datasets);
        var accumulation = _root.Find("accumulation")?.Count() ?? 1;
        var steps = _root.Find("steps")?.Count() ?? Math.Max(1, (long)Math.Ceiling(_root.Get("epochs").Positive() * sampler.Count(0) / accumulation));
        var options = new TrainerOptions
        {
            Steps = steps,
            Schedule = RecipeOptimizer.Schedule(_root, steps),
            AccumulationSteps = accumulation,
            MaxGradientNorm = _root.Find("gradient-clip")?.Number(0.0, 1e9) is { } clip ? clip == 0 ? null : clip : 1,
            DropoutSeed = (ulong)Seed,
            DropoutRate = _root.Find("dropout")?.Number(0f, 0.99f),
            EvaluateEvery = evaluate?.Find("every")?.Count() ?? 0,
            KeepBest = _root.Find("keep")?.OneOf(("best", true), ("last", false)) ?? true,
            Patience = _root.Find("patience")?.Count(),
            Folder = Output,
            AllowChanges = allowChanges,
            Fingerprint = RecipeFingerprint.Of(_root, Seed, _folder, from is not null && Path.GetFullPath(from) != Path.GetFullPath(Output) ? from : null),
            Weights = _root.Find("weights")?.OneOf(("float32", DType.F32), ("float16", DType.F16)) ?? DType.F32,
            CheckpointEvery = _root.Find("checkpoint-every")?.Count() ?? Math.Max(1, steps / 20),
        };
        var trainer = new Trainer(model, training, sampler, parameters => RecipeOptimizer.Create(_root.Find("optimizer"), parameters), options, evaluator);
        return new Prepared(model, datasets, [.. training.Select(dataset => dataset.Loss)], trainer, options, evaluator);
    }

    /// <summary>What there is to say about the training when it is done.</summary>
    /// <param name="training">The training.</param>
    /// <param name="results">What was measured.</param>
    public TrainingSummary Summarize(Prepared training, IReadOnlyList<StageResult> results)
    {
        var card = _root.Find("card")?.Only("name", "languages", "licence");
        var model = Begun();
        return new TrainingSummary
        {
            Name = card?.Find("name")?.Text() ?? Path.GetFileName(Path.TrimEndingDirectorySeparator(Output)),
            BaseModel = model.IsMapping ? model.Find("folder")?.Text() : model.Text(),
            Languages = [.. card?.Find("languages")?.Items().Select(language => language.Text()) ?? []],
            Licence = card?.Find("licence")?.Text(),
            Datasets = [.. training.Datasets.Zip(training.Losses, (dataset, loss) => dataset.Summarize(loss))],
            Settings = [.. _root.Settings().Where(setting => !setting.Key.StartsWith("datasets.", StringComparison.Ordinal) && !setting.Key.StartsWith("card.", StringComparison.Ordinal))],
            Results = results,
            Steps = training.Trainer.Steps,
            Duration = training.Trainer.Elapsed,
        };
    }

    private bool IsCrossEncoder => _root.Find("cross-encoder") is not null;

    // What the training begins with.
    private RecipeNode Begun() => !IsCrossEncoder ? _root.Get("model")
        : _root.Find("model") is { } other ? throw other.Fault("a recipe trains a 'model' or a 'cross-encoder', not both.")
        : _root.Get("cross-encoder");

    private BatchSampler Sampler(RecipeDataset[] datasets)
    {
        BatchSampler[] samplers = [.. datasets.Select((dataset, i) => dataset.Sampler(Seed + i))];
        var batches = samplers.Sum(sampler => sampler.Count(0));
        return samplers.Length == 1 ? samplers[0] : (_root.Find("mixing")?.OneOf(("proportional", 0), ("round-robin", 1), ("shares", 2)) ?? 0) switch
        {
            0 => new ProportionalBatchSampler(samplers, Seed),
            1 => new RoundRobinBatchSampler(samplers),
            _ => new WeightedBatchSampler(samplers, [.. datasets.Select(dataset => dataset.Share ?? 1)], batches, Seed),
        };
    }

    // A list of values, or a mapping from names to values.
    private static IEnumerable<(string Name, YamlNode Value)> Choices(string key, RecipeNode values) => values.IsMapping
        ? values.Entries().Select(entry => (entry.Key, entry.Value.Yaml))
        : values.Items().Select(value => ($"{key[(key.LastIndexOf('.') + 1)..]}={Label(value.Yaml)}", value.Yaml));

    private static string Join(string a, string b) => a.Length == 0 ? b : $"{a}, {b}";

    // A value as a name: the words in it.
    private static string Label(YamlNode value) => value switch
    {
        YamlSequenceNode sequence => string.Join('+', sequence.Children.Select(Label)),
        YamlMappingNode mapping => string.Join('+', mapping.Children.Select(child => $"{child.Key}={Label(child.Value)}")),
        _ => string.Concat(value.ToString().Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-' or '_' ? letter : '-')),
    };

    /// <summary>A training that is ready to begin.</summary>
    internal sealed record Prepared(ITrainableModel Model, IReadOnlyList<RecipeDataset> Datasets, IReadOnlyList<Objective> Losses, Trainer Trainer, TrainerOptions Options, Evaluator? Evaluator);
}
