using Semblance.Checkpoints;
using YamlDotNet.RepresentationModel;

namespace Semblance.Training.Recipes;

/// <summary>
/// Represents a recipe: a YAML file that describes a training, with the model, the data sets and their losses, the optimizer, the
/// evaluation and the output folder. A recipe can also train a vocabulary or word vectors. The format is described in
/// <c>docs/training.md</c>.
/// </summary>
/// <example><code>
/// var recipe = Recipe.Load("recipe.yaml", new RecipeOptions { Settings = [new("steps", "500")] });
/// var result = await recipe.RunAsync(progress: progress, cancellationToken: cancellationToken);
/// </code></example>
public sealed class Recipe
{
    private static readonly string[] ModelKeys =
        ["model", "cross-encoder", "multi-vector", "sparse", RecipeJoint.Key, .. RecipeTaskModel.Keys];

    private static readonly string[] Keys =
    [
        .. ModelKeys, "adapter", "output", "seed", "datasets", "mixing", "steps", "epochs", "rate", "schedule", "optimizer", "accumulation",
        "gradient-clip", "evaluate", "keep", "patience", "checkpoint-every", "weights", "vary", "card", "dropout",
        "attention-dropout", "ema", "average", "unfreeze",
    ];

    private const int MostVariants = 1000;
    private const long LargestVariants = 1 << 26; // the size of 1,000 recipes of 60 KiB

    private readonly RecipeNode _root;
    private readonly string _folder;
    private readonly int _seed;

    private Recipe(RecipeNode root, string name, string output, string folder, IReadOnlyList<Recipe>? variants = null)
    {
        (_root, Name, Output, _folder, Kind) = (root, name, output, folder, KindOf(root));
        Variants = variants ?? [this];
        if (Kind == RecipeKind.Model)
        {
            _seed = root.Only(Keys).Find("seed")?.Number(0, int.MaxValue) ?? 42;
        }
    }

    /// <summary>Gets the kind of model that the recipe trains.</summary>
    public RecipeKind Kind { get; }

    /// <summary>Gets the output folder of the model and all files of its training.</summary>
    public string Output { get; }

    /// <summary>Gets the name of a variant, composed of the settings that it varies; empty if the recipe varies none.</summary>
    public string Name { get; }

    /// <summary>
    /// Gets a recipe for each combination of the settings under <c>vary</c>, each with a folder of its own; only the recipe itself if it
    /// varies none.
    /// </summary>
    public IReadOnlyList<Recipe> Variants { get; }

    /// <summary>
    /// Gets a value that indicates whether the folder holds a checkpoint, from which a run with <see cref="RecipeRunOptions.Resume"/>
    /// resumes.
    /// </summary>
    public bool HasCheckpoint => TrainingCheckpoint.Exists(Output);

    /// <summary>
    /// Returns the paths of the data files and the folders that the recipe and its variants read and that do not exist, each once. The ids
    /// of models on the Hub are not among them.
    /// </summary>
    /// <returns>The paths, those of data with <see cref="RecipeOptions.DataFolder"/> before them.</returns>
    public IReadOnlyList<string> FindMissingFiles() =>
        [.. Variants.SelectMany(variant => RecipeFiles.Missing(variant._root, variant._folder)).Distinct()];

    /// <summary>Reads a recipe from a file.</summary>
    /// <param name="path">The file, in UTF-8.</param>
    /// <param name="options">The options; <see langword="null"/> for the defaults.</param>
    /// <returns>The recipe. Its data are read when it runs.</returns>
    /// <exception cref="RecipeException">The file is not a recipe.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static Recipe Load(string path, RecipeOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Parse(RecipeNode.ReadText(path), options, path);
    }

    /// <summary>Parses a recipe from a string.</summary>
    /// <param name="text">The text, in YAML.</param>
    /// <param name="options">The options; <see langword="null"/> for the defaults.</param>
    /// <param name="name">The name of the recipe in messages.</param>
    /// <returns>The recipe. Its data are read when it runs.</returns>
    /// <exception cref="RecipeException">The text is not a recipe.</exception>
    public static Recipe Parse(string text, RecipeOptions? options = null, string name = "recipe")
    {
        ArgumentNullException.ThrowIfNull(text);
        options ??= new RecipeOptions();
        var root = Changed();
        var output = options.Output ?? root.Get("output").Text();
        if (KindOf(root) != RecipeKind.Model || root.Find("vary") is not { } vary)
        {
            return new Recipe(root, "", output, options.DataFolder);
        }

        IEnumerable<(string Name, (string Key, YamlNode Value)[] Values)> variants = [("", [])];
        var count = 1L;
        foreach (var (key, values) in vary.Entries())
        {
            count *= Math.Max(1, Choices(key, values).Count());
            if (count > MostVariants || count * root.Size > LargestVariants)
            {
                throw vary.Fault(
                    $"the combinations are {count:N0} trainings or more; at most {MostVariants:N0} are supported, and "
                    + "fewer for large recipes.");
            }

            variants = variants.SelectMany(
                variant => Choices(key, values).Select(
                    choice => (Join(variant.Name, choice.Name), ((string, YamlNode)[])[.. variant.Values, (key, choice.Value)])));
        }

        Recipe[] recipes = [.. variants.Select(variant =>
        {
            var copy = Changed();
            foreach (var (key, value) in variant.Values)
            {
                copy.Set(key, value);
            }

            return new Recipe(copy, variant.Name, Path.Combine(output, variant.Name), options.DataFolder);
        })];
        return new Recipe(root, "", output, options.DataFolder, recipes);

        RecipeNode Changed()
        {
            var node = RecipeNode.Parse(text, name);
            foreach (var (key, value) in options.Settings)
            {
                node.Set(key, new YamlScalarNode(value));
            }

            return node;
        }
    }

    /// <summary>
    /// Trains the model that the recipe describes, and writes it to <see cref="Output"/>, together with its checkpoints, logs, report and
    /// model card; or trains a vocabulary or word vectors.
    /// </summary>
    /// <param name="options">The run options, for an earlier run in the same folder; <see langword="null"/> for the defaults.</param>
    /// <param name="progress">Receives progress after each step.</param>
    /// <param name="cancellationToken">
    /// The token that cancels the operation. The training of a model first writes a checkpoint of the last complete step.
    /// </param>
    /// <returns>The result.</returns>
    /// <exception cref="InvalidOperationException">The recipe varies settings; run each of <see cref="Variants"/>.</exception>
    /// <inheritdoc cref="PrepareAsync" path="/exception"/>
    /// <inheritdoc cref="RecipeTraining.RunAsync" path="/exception"/>
    public async Task<RecipeResult> RunAsync(
        RecipeRunOptions? options = null, IProgress<RecipeProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        if (Kind == RecipeKind.Model)
        {
            var training = await PrepareAsync(options, cancellationToken).ConfigureAwait(false);
            return await training.RunAsync(progress, cancellationToken).ConfigureAwait(false);
        }

        var part = progress is null ? null : new PartReporter(progress);
        if (Kind == RecipeKind.TeacherVectors)
        {
            return new RecipeResult(Output)
            {
                TextCount = await RecipeTeachers.ComputeAsync(_root, _folder, Output, part, cancellationToken).ConfigureAwait(false),
            };
        }

        if (Kind == RecipeKind.WordVectors && _root.Get("word-vectors").Find("teacher") is not null)
        {
            return new RecipeResult(Output)
            {
                TokenCount = await RecipeWordVectors.DistillAsync(_root, _folder, Output, cancellationToken).ConfigureAwait(false),
            };
        }

        var tokens = await Task.Run(
            () => Kind == RecipeKind.Vocabulary
                ? RecipeVocabulary.Learn(_root, _folder, Output, part, cancellationToken)
                : RecipeWordVectors.Learn(_root, _folder, Output, part, cancellationToken),
            cancellationToken).ConfigureAwait(false);
        return new RecipeResult(Output) { TokenCount = tokens };
    }

    /// <summary>
    /// Loads the data and the model, which is downloaded if it is given by its Hub id, for step-by-step training in a program.
    /// </summary>
    /// <param name="options">The run options, for an earlier run in the same folder; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <returns>The training, ready to run.</returns>
    /// <exception cref="InvalidOperationException">
    /// The recipe does not train a model, or varies settings; prepare each of <see cref="Variants"/>.
    /// </exception>
    /// <exception cref="RecipeException">A setting is out of range, or does not fit the model or the data.</exception>
    /// <exception cref="IOException">
    /// A file cannot be read, or the folder already holds a training that is neither resumed nor overwritten.
    /// </exception>
    public async Task<RecipeTraining> PrepareAsync(RecipeRunOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new RecipeRunOptions();
        if (Kind != RecipeKind.Model || Variants is not [{ } only] || only != this)
        {
            throw new InvalidOperationException(Kind != RecipeKind.Model
                ? $"The recipe trains no model but makes {Made(Kind)}; call RunAsync."
                : "The recipe varies settings; run each of its variants.");
        }

        if (HasCheckpoint && !options.Resume && !options.Overwrite)
        {
            throw new IOException($"{Output}: there is a training already; resume it, overwrite it, or choose another folder.");
        }

        var evaluate = _root.Find("evaluate")?.Only("every", "on");
        var begun = Begun();
        var start = await BeginAsync(begun, cancellationToken).ConfigureAwait(false);
        var model = start.Model;
        var evaluator = evaluate is null ? null : RecipeEvaluator.Create(evaluate.Get("on"), _folder, ModelKey, model);
        await RecipeModel.DownloadAsync(_root, cancellationToken).ConfigureAwait(false);
        var teachers = new Dictionary<string, TeacherVectors>();
        RecipeDataset[] datasets =
        [
            .. _root.Get("datasets").Items().Select(
                node => RecipeDataset.Load(
                    node, _folder, model.Tokenizer, _seed, teachers, RecipeTaskModel.LabelsOf(RecipeJoint.HeadOf(model, node)),
                    cancellationToken)),
        ];
        start.Begin(datasets, cancellationToken);
        var sampler = Sampler(datasets);
        var accumulation = _root.Find("accumulation")?.Count() ?? 1;
        var steps = _root.Find("steps")?.Count()
            ?? Math.Max(1, (long)Math.Ceiling(_root.Get("epochs").Positive() * sampler.Count(0) / accumulation));
        var adapter = RecipeAdapter.Create(_root.Find("adapter"), model, begun, _seed, steps);
        var training = datasets
            .Select(dataset => dataset.ToTraining((loss, labels) => LossRegistry.Create(
                loss, new LossContext(dataset.ModelOf(model), start.Folder, labels, _seed) { Rows = dataset.Rows })))
            .ToArray();
        var trainerOptions = new TrainerOptions
        {
            Steps = steps,
            Schedule = RecipeOptimizer.Schedule(_root, steps),
            AccumulationSteps = accumulation,
            MaxGradientNorm = _root.Find("gradient-clip")?.Number(0.0, 1e9) is { } clip ? clip == 0 ? null : clip : 1,
            DropoutSeed = (ulong)_seed,
            DropoutRate = _root.Find("dropout")?.Number(0f, 0.99f),
            AttentionDropoutRate = _root.Find("attention-dropout")?.Number(0f, 0.99f),
            Averaging = RecipeOptimizer.Averaging(_root, steps),
            Unfreezing = _root.Find("unfreeze")?.Only("every") is { } unfreeze
                ? new GradualUnfreezing { Every = Interval(unfreeze.Get("every"), sampler.Count(0), accumulation) } : null,
            RankAllocator = adapter?.Allocator,
            EvaluateEvery = evaluate?.Find("every") is { } every ? Interval(every, sampler.Count(0), accumulation) : 0,
            KeepBest = _root.Find("keep")?.OneOf(("best", true), ("last", false)) ?? true,
            Patience = _root.Find("patience")?.Count(),
            Folder = Output,
            AllowChanges = options.AllowChanges,
            Fingerprint = RecipeFingerprint.Of(
                _root, _seed, _folder, start.Folder is { } from && Path.GetFullPath(from) != Path.GetFullPath(Output) ? from : null),
            Weights = _root.Find("weights")?.OneOf(("float32", DType.F32), ("float16", DType.F16)) ?? DType.F32,
            Save = adapter?.Save ?? start.Save,
            CheckpointEvery = _root.Find("checkpoint-every")?.Count() ?? Math.Max(1, steps / 20),
        };
        var trainer = new Trainer(
            model, training, sampler,
            parameters => RecipeOptimizer.Create(
                _root.Find("optimizer"),
                adapter?.Trained(parameters) ?? start.Trained(parameters)),
            trainerOptions, evaluator);
        if (!options.Resume)
        {
            TrainingCheckpoint.Delete(Output); // or a kill before the first new checkpoint would leave the old one to resume from
        }

        return new RecipeTraining(
            model, datasets, [.. training.Select(dataset => dataset.Loss)], trainer, trainerOptions, evaluator, options.Resume, Summarize)
        {
            Adapter = adapter?.Adapter,
        };
    }

    private TrainingSummary Summarize(RecipeTraining training, IReadOnlyList<StageResult> results)
    {
        var card = _root.Find("card")?.Only("name", "languages", "license");
        var model = Begun();
        return new TrainingSummary
        {
            Name = card?.Find("name")?.Text() ?? Path.GetFileName(Path.TrimEndingDirectorySeparator(Output)),
            BaseModel = (model.IsMapping ? model.Find("folder")?.Text() : model.Text()) is var named && named == DefaultModel.Name
                ? $"{Path.GetFileName(DefaultModel.Folder)}, the bundled default model"
                : named,
            Languages = [.. card?.Find("languages")?.Items().Select(language => language.Text()) ?? []],
            License = card?.Find("license")?.Text(),
            Datasets = [.. training.Datasets.Zip(training.Losses, (dataset, loss) => dataset.Summarize(loss))],
            Settings = [.. RecipeSettings.Of(_root, _seed, training)],
            Results = results,
            Steps = training.Trainer.Steps,
            Duration = training.Trainer.Elapsed,
        };
    }

    private static string Made(RecipeKind kind) => kind switch
    {
        RecipeKind.Vocabulary => "a vocabulary",
        RecipeKind.WordVectors => "word vectors",
        _ => "the vectors of teachers",
    };

    private static RecipeKind KindOf(RecipeNode root) =>
        root.Find("vocabulary") is not null
            ? RecipeKind.Vocabulary
            : root.Find("word-vectors") is not null
            ? RecipeKind.WordVectors
            : root.Find("teachers") is not null
            ? RecipeKind.TeacherVectors
            : RecipeKind.Model;

    private string ModelKey => Array.Find(ModelKeys, key => _root.Find(key) is not null) ?? "model";

    private async Task<IRecipeModel> BeginAsync(RecipeNode begun, CancellationToken cancellationToken)
    {
        switch (ModelKey)
        {
            case "multi-vector":
                return await RecipeMultiVector.CreateAsync(begun, cancellationToken).ConfigureAwait(false);
            case "sparse":
                return await RecipeSparse.CreateAsync(begun, _seed, cancellationToken).ConfigureAwait(false);
            case var key:
                var model = await CreateAsync(key, begun, cancellationToken).ConfigureAwait(false);
                var kind = model is CrossEncoder && !begun.IsMapping ? ModelKind.CrossEncoder : ModelKind.SentenceTransformer;
                return new RecipeStart(model, await RecipeModel.FolderAsync(begun, cancellationToken, kind).ConfigureAwait(false));
        }
    }

    private async Task<ITrainableModel> CreateAsync(string key, RecipeNode begun, CancellationToken cancellationToken) => key switch
    {
        "model" => await RecipeModel.CreateAsync(begun, _seed, _root.Find("adapter") is not null, cancellationToken).ConfigureAwait(false),
        "cross-encoder" => await RecipeModel.CreateCrossEncoderAsync(begun, _seed, cancellationToken).ConfigureAwait(false),
        RecipeJoint.Key => await RecipeJoint.CreateAsync(begun, _root, _folder, _seed, cancellationToken).ConfigureAwait(false),
        _ => await RecipeTaskModel.CreateAsync(key, begun, _root, _folder, _seed, cancellationToken).ConfigureAwait(false),
    };

    // The node of the initial model.
    private RecipeNode Begun()
    {
        string[] named = [.. ModelKeys.Where(key => _root.Find(key) is not null)];
        return named.Length < 2
            ? _root.Get(named.FirstOrDefault() ?? "model")
            : throw _root.Get(named[0]).Fault($"a recipe trains a '{named[0]}' or a '{named[1]}', not both.");
    }

    // A number of steps, or 'epoch': the steps that visit all batches once.
    private static long Interval(RecipeNode every, long batches, int accumulation) =>
        every.Text() == "epoch" ? Math.Max(1, batches / accumulation) : every.Count();

    private BatchSampler Sampler(RecipeDataset[] datasets)
    {
        BatchSampler[] samplers = [.. datasets.Select((dataset, i) => dataset.Sampler(_seed + i))];
        var batches = samplers.Sum(sampler => sampler.Count(0));
        return samplers.Length == 1
            ? samplers[0]
            : (_root.Find("mixing")?.OneOf(("proportional", 0), ("round-robin", 1), ("shares", 2)) ?? 0) switch
            {
                0 => new ProportionalBatchSampler(samplers, _seed),
                1 => new RoundRobinBatchSampler(samplers),
                _ => new WeightedBatchSampler(samplers, [.. datasets.Select(dataset => dataset.Share ?? 1)], batches, _seed),
            };
    }

    // A list of values, or a mapping from names to values.
    private static IEnumerable<(string Name, YamlNode Value)> Choices(string key, RecipeNode values) => values.IsMapping
        ? values.Entries().Select(entry => (entry.Key, entry.Value.Yaml))
        : values.Items().Select(value => ($"{key[(key.LastIndexOf('.') + 1)..]}={Label(value.Yaml)}", value.Yaml));

    private static string Join(string a, string b) => a.Length == 0 ? b : $"{a}, {b}";

    // A value as a name: its words, joined.
    private static string Label(YamlNode value) => value switch
    {
        YamlSequenceNode sequence => string.Join('+', sequence.Children.Select(Label)),
        YamlMappingNode mapping => string.Join('+', mapping.Children.Select(child => $"{child.Key}={Label(child.Value)}")),
        _ => string.Concat(
            value.ToString().Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-' or '_' ? letter : '-')),
    };

    private sealed class PartReporter(IProgress<RecipeProgress> progress) : IProgress<double>
    {
        public void Report(double value) => progress.Report(new RecipeProgress(value));
    }
}
