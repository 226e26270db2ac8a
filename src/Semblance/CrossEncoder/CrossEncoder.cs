using System.Globalization;
using System.Text.Json;
using Semblance.Checkpoints;
using Semblance.Files.Json;
using Semblance.Modules;
using Semblance.Tensors;
using Semblance.Tokenizers;
using Semblance.Transformers;
using Semblance.Transformers.Tasks;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance;

/// <summary>
/// Pairs of texts to scores: a transformer reads both texts together, and a classifier judges the pair (Nogueira and Cho 2019,
/// arXiv:1901.04085), or a causal model says whether one answers the other (Qwen3-Reranker: Zhang et al. 2025, arXiv:2506.05176). Better than comparing vectors, and so much slower that it is for the few best of a search.
/// </summary>
/// <remarks>
/// Immutable, and safe for all threads. A pair's scores have the same bits alone, in any batch, in any order and with any
/// number of threads.
/// </remarks>
public sealed class CrossEncoder : ITrainableModel
{
    private const string Head = "ForSequenceClassification";
    private const string Section = "sentence_transformers";
    private const string OldField = "sbert_ce_default_activation_function";

    private static readonly KnownKeys Keys = new KnownKeys().Honoured("activation_fn", "default_prompt_name", "prompts").With(SentenceTransformerConfig.CommonKeys);
    private static readonly KnownKeys SectionKeys = new KnownKeys().Honoured("activation_fn").Ignored("version");

    private readonly TransformerModule _input;
    private readonly TaskModel _model;
    private readonly LogitScore? _score; // null where a classifier judges
    private readonly PairTemplate? _template; // null where pairs go in as they are

    private CrossEncoder(
        TransformerModule input, TaskModel model, LogitScore? score, PairTemplate? template, Activation activation, IReadOnlyDictionary<string, string> prompts, string? defaultPromptName)
    {
        (_input, _model, _score, _template) = (input, model, score, template);
        (Activation, Prompts, DefaultPromptName) = (activation, prompts, defaultPromptName);
        Labels = score is null ? LabelsOf(model.Config) : ["LABEL_0"];
    }

    /// <summary>What the scores mean, in their order: from <c>id2label</c>, or the one score of a causal model.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>Gets what the model's files say that is not known or not applied, one sentence each.</summary>
    public IReadOnlyList<string> Warnings { get; private init; } = [];

    /// <summary>What follows the logits unless options say otherwise: the logistic function with one label, else nothing, where the files name no other.</summary>
    public Activation Activation { get; }

    /// <summary>Named texts that are put before the first text of a pair, or into a model's chat template as its instruction.</summary>
    public IReadOnlyDictionary<string, string> Prompts { get; }

    /// <summary>The prompt used when none is asked for, or null.</summary>
    public string? DefaultPromptName { get; }

    /// <summary>The longest pair in tokens, special ones included; of what is longer, the longer text is cut first.</summary>
    public int MaxSequenceLength => _input.MaxSequenceLength;

    /// <summary>Text to token ids.</summary>
    public Tokenizer Tokenizer => _input.Tokenizer;

    /// <summary>Loads a model from a folder, or by its Hub id.</summary>
    /// <param name="model">A folder, or an id such as <c>cross-encoder/ms-marco-MiniLM-L6-v2</c>, which is downloaded unless the cache has it.</param>
    /// <exception cref="FormatException">A file of the model is damaged or asks for what is not supported, or the model has no head for sequences.</exception>
    /// <exception cref="IOException">The model cannot be read or downloaded.</exception>
    public static CrossEncoder Load(string model) => LoadFolder(ModelFolder.Find(model, ModelKind.CrossEncoder), trainable: false);

    /// <summary>Loads a model from a folder, or by its Hub id. A folder never touches the network.</summary>
    /// <param name="model">A folder, or an id.</param>
    /// <param name="revision">A branch, tag or commit of the Hub; null for the main one.</param>
    /// <param name="progress">Told about a download.</param>
    /// <param name="cancellation">Stops a download; what has arrived is used by the next.</param>
    /// <inheritdoc cref="Load(string)"/>
    public static async Task<CrossEncoder> LoadAsync(
        string model, string? revision = null, IProgress<DownloadProgress>? progress = null, CancellationToken cancellation = default) =>
        LoadFolder(await ModelFolder.FindAsync(model, ModelKind.CrossEncoder, revision, progress, cancellation).ConfigureAwait(false), trainable: false);

    /// <summary>Loads a model from a folder with parameters of its own, which training can change.</summary>
    /// <inheritdoc cref="Load(string)"/>
    /// <param name="folder">The folder.</param>
    public static CrossEncoder LoadTrainable(string folder) => LoadFolder(ModelFolder.Whole(folder), trainable: true);

    /// <summary>A model to be trained: the transformer of another, copied, under a head that has learned nothing.</summary>
    /// <param name="input">The tokenizer and the transformer, as the first module of a <see cref="SentenceTransformer"/>; it is not changed.</param>
    /// <param name="labels">What the scores mean, in their order; null for one score.</param>
    /// <param name="seed">Where the random weights begin.</param>
    /// <exception cref="ArgumentException">There is no label, or one comes twice.</exception>
    /// <exception cref="ModelFormatException">The architecture has no head for sequences.</exception>
    public static CrossEncoder Create(TransformerModule input, IReadOnlyList<string>? labels = null, int seed = 0)
    {
        ArgumentNullException.ThrowIfNull(input);
        var model = TaskModel.CreateClassifier(input.Transformer, labels ?? ["LABEL_0"], seed);
        var activation = TaskModel.LabelCount(model.Config) == 1 ? Activation.Sigmoid : Activation.Identity;
        return new CrossEncoder(input.With(model.Body), model, null, null, activation, new Dictionary<string, string>(), null);
    }

    /// <summary>All parameters, under the names of the original.</summary>
    public IEnumerable<Parameter> Parameters() => _model.Parameters();

    /// <summary>The logits of pairs inside a computation of the caller's: how training does it.</summary>
    /// <param name="run">The computation; it owns the result.</param>
    /// <param name="pairs">The pairs; what is too long is cut.</param>
    /// <returns><c>[pairs × labels]</c>.</returns>
    public Tensor Forward(Computation run, IReadOnlyList<(string Text, string Pair)> pairs)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(pairs);
        return Logits(run, Pack(pairs));
    }

    ModelOutputKind ITrainableModel.OutputKind => ModelOutputKind.Logits;

    int ITrainableModel.OutputDimension => Labels.Count;

    Transformer? ITrainableModel.Body => _model.Body;

    PackedBatch ITrainableModel.Tokenize(ModelInput input) => Pack(PairsOf(input));

    ModelOutput ITrainableModel.Forward(Computation run, ModelInput input) => new(Forward(run, PairsOf(input)));

    /// <summary>The scores of several pairs.</summary>
    /// <param name="pairs">The pairs; any texts will do.</param>
    /// <param name="options">How to predict; null for the defaults.</param>
    /// <param name="progress">Told after each batch.</param>
    /// <param name="cancellation">Stops between two operations.</param>
    /// <exception cref="ArgumentException">An option does not fit the model, or a text is null.</exception>
    /// <exception cref="TextTooLongException">A pair is too long and <see cref="Truncation.Error"/> was asked for.</exception>
    public Predictions Predict(
        IReadOnlyList<(string Text, string Pair)> pairs, PredictOptions? options = null, IProgress<EncodeProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        options = Check(options);
        var activation = options.Activation ?? Activation;
        var scores = Tensor.Zeros(pairs.Count, Labels.Count);
        var tokenized = Tokenize(pairs, Semblance.Prompts.Of(options, Prompts, DefaultPromptName), options, cancellation);
        tokenized.ForEachBatch(options, progress, (run, batch, places) =>
        {
            var logits = Logits(run, batch); // [pairs × labels]
            var results = activation == Activation.Identity ? logits : run.Activate(logits, activation);
            for (var i = 0; i < places.Length; i++)
            {
                var row = scores.Writable.Slice(places[i] * Labels.Count, Labels.Count);
                results.Row(i).CopyTo(row);
                if (!TensorPrimitives.IsFiniteAll<float>(row))
                {
                    throw new ModelFormatException("model", $"the score of pair {places[i]} is not finite; are the model's weights damaged?");
                }

                if (options.ApplySoftmax)
                {
                    TensorPrimitives.Subtract(row, TensorPrimitives.Max<float>(row), row);
                    TensorPrimitives.SoftMax(row, row);
                }
            }
        }, cancellation);
        GC.KeepAlive(this); // the kernels saw only addresses
        return new Predictions(scores, Labels, tokenized.TokenCounts, tokenized.Truncated);
    }

    /// <summary>The scores of one pair, one for each label.</summary>
    /// <param name="text">The first text.</param>
    /// <param name="pair">The second text.</param>
    /// <param name="options">How to predict; null for the defaults.</param>
    /// <exception cref="ArgumentException">An option does not fit the model.</exception>
    /// <exception cref="TextTooLongException">The pair is too long and <see cref="Truncation.Error"/> was asked for.</exception>
    public float[] Predict(string text, string pair, PredictOptions? options = null) => Predict([(text, pair)], options)[0].ToArray();

    /// <summary>Predicts a stream of any length in bounded memory: while some pairs are judged, the next are read and the last are handed out.</summary>
    /// <param name="pairs">The pairs.</param>
    /// <param name="options">How to predict; null for the defaults.</param>
    /// <param name="cancellation">Stops between two operations.</param>
    /// <returns>The pairs with their scores, in their order.</returns>
    /// <exception cref="ArgumentException">An option does not fit the model, or a text is null.</exception>
    /// <exception cref="TextTooLongException">A pair is too long and <see cref="Truncation.Error"/> was asked for.</exception>
    public IAsyncEnumerable<Prediction> PredictAsync(IAsyncEnumerable<(string Text, string Pair)> pairs, PredictOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        options = Check(options);
        return EncodingStream.Run(pairs, pair => (pair.Text?.Length ?? 0) + (pair.Pair?.Length ?? 0), window =>
        {
            var predictions = Predict(window, options, null, cancellation);
            return window.Select((pair, i) => new Prediction(pair.Text, pair.Pair, predictions[i].ToArray(), predictions.TokenCounts[i], predictions.Truncated[i]));
        }, cancellation);
    }

    /// <summary>Orders documents by how well they answer a query.</summary>
    /// <param name="query">The query.</param>
    /// <param name="documents">The documents, such as the best of a search.</param>
    /// <param name="topK">How many to keep, at least 1; null for all.</param>
    /// <param name="options">How to predict; null for the defaults.</param>
    /// <param name="progress">Told after each batch.</param>
    /// <param name="cancellation">Stops between two operations.</param>
    /// <returns>The documents, the best first and the earlier first among equals.</returns>
    /// <exception cref="InvalidOperationException">The model has several labels, so no score says which document is better.</exception>
    /// <exception cref="ArgumentException">An option does not fit the model, or a text is null.</exception>
    public RankedDocument[] Rank(
        string query, IReadOnlyList<string> documents, int? topK = null, PredictOptions? options = null, IProgress<EncodeProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(documents);
        ArgumentOutOfRangeException.ThrowIfLessThan(topK ?? 1, 1, nameof(topK));
        return Labels.Count == 1
            ? RankedDocument.Order(documents, Predict([.. documents.Select(document => (query, document))], options, progress, cancellation).Scores.Values, topK)
            : throw new InvalidOperationException($"The model has {Labels.Count} labels ({string.Join(", ", Labels)}), so no score says which document is better; use Predict, or a model with one label.");
    }

    /// <summary>Writes the model in the layout of sentence-transformers, which transformers reads too.</summary>
    /// <param name="folder">The folder, made if need be. A model in it is replaced in one step, also the one that this was loaded from; files that are not a model's (<see cref="ModelFiles"/>) stay.</param>
    /// <param name="weights">The type that parameters are written in: <see cref="DType.F32"/>, or <see cref="DType.F16"/> for half the size and rounded scores.</param>
    /// <exception cref="ArgumentException">Weights cannot be written as that type.</exception>
    /// <exception cref="CheckpointFormatException">A parameter is too large for float16; it is named.</exception>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public void Save(string folder, DType weights = DType.F32) => ModelFiles.Save(folder, written => Write(written, weights));

    /// <inheritdoc/>
    public override string ToString() => $"CrossEncoder({_input}, {string.Join(", ", Labels)}, {Activation})";

    private void Write(string folder, DType weights)
    {
        _model.Save(folder, weights);
        Tokenizer.Save(folder);
        _input.SaveSettings(folder);
        _template?.Save(folder);
        _score?.Save(folder);
        var known = _model.Config.Section(Section)?.Root;
        ConfigurationFile.Read(Path.Combine(folder, "config.json")).SaveWith(Section, json =>
        {
            json.WriteStartObject();
            json.WriteString("activation_fn", TorchActivations.NameOf(Activation));
            foreach (var field in known?.EnumerateObject().Where(field => !field.NameEquals("activation_fn")).ToArray() ?? [])
            {
                field.WriteTo(json);
            }

            json.WriteEndObject();
        });
        var settings = Path.Combine(folder, SentenceTransformerConfig.FileName);
        if (Prompts.Count > 0 || _score is not null)
        {
            JsonFile.Write(settings, json =>
            {
                json.WriteStartObject();
                json.WriteString("model_type", "CrossEncoder");
                Semblance.Prompts.Write(json, Prompts, DefaultPromptName);
                json.WriteString("activation_fn", TorchActivations.NameOf(Activation));
                json.WriteEndObject();
            });
        }
    }

    private static CrossEncoder LoadFolder(string folder, bool trainable)
    {
        ModelKinds.Require(folder, ModelKind.CrossEncoder);
        var root = ModuleList.Exists(folder) ? ModuleList.FolderOf(folder, 0) : folder;
        var (input, model) = TransformerModule.LoadTask(root, trainable);
        var score = LogitScore.Find(folder, model, input.Tokenizer);
        if (score is null && !model.Architecture.EndsWith(Head, StringComparison.Ordinal))
        {
            throw model.Config.Fault("architectures", $"names '{model.Architecture}', which has no head that judges texts; expected a class whose name ends with {Head} or, of a causal model, ForCausalLM");
        }

        var path = Path.Combine(folder, SentenceTransformerConfig.FileName);
        var settings = File.Exists(path) ? ConfigurationFile.Read(path).Check(Keys) : null;
        var (prompts, defaultPromptName) = settings is null ? (new Dictionary<string, string>(), null) : Semblance.Prompts.Read(settings);
        var activation = (settings is null ? null : TorchActivations.Find(settings, "activation_fn"))
            ?? (model.Config.Section(Section)?.Check(SectionKeys) is { } section ? TorchActivations.Find(section, "activation_fn") : null)
            ?? TorchActivations.Find(model.Config, OldField)
            ?? (score is not null || TaskModel.LabelCount(model.Config) == 1 ? Activation.Sigmoid : Activation.Identity);
        return new CrossEncoder(input, model, score, PairTemplate.Find(root, isCausal: score is not null), activation, prompts, defaultPromptName)
        {
            Warnings = [.. model.Warnings.Concat(input.Warnings).Concat(settings?.Warnings ?? []).Concat(score?.Warnings ?? []).Distinct()],
        };
    }

    private static string[] LabelsOf(ConfigurationFile config)
    {
        var names = Enumerable.Range(0, TaskModel.LabelCount(config)).Select(i => $"LABEL_{i}").ToArray();
        foreach (var label in config.Section("id2label")?.Root.EnumerateObject().ToArray() ?? [])
        {
            if (!int.TryParse(label.Name, CultureInfo.InvariantCulture, out var id) || id < 0 || id >= names.Length || label.Value.ValueKind != JsonValueKind.String)
            {
                throw config.Fault("id2label", $"has '{label.Name}'; expected a name for each number from 0 to {names.Length - 1}");
            }

            names[id] = label.Value.GetString()!;
        }

        return names;
    }

    private TokenizedTexts Tokenize(IReadOnlyList<(string Text, string Pair)> pairs, string prompt, PredictOptions options, CancellationToken cancellation) =>
        TokenizedTexts.From(
            pairs.Count,
            i => pairs[i] is { Text: { } text, Pair: { } pair } ? TokenizePair(prompt, text, pair) : throw new ArgumentException($"A text of pair {i} is null.", nameof(pairs)),
            MaxSequenceLength,
            options,
            cancellation);

    private TokenizedText TokenizePair(string prompt, string text, string pair) =>
        _template?.Tokenize(_input, prompt, text, pair) ?? _input.TokenizePair(prompt + text, pair);

    private PackedBatch Pack(IReadOnlyList<(string Text, string Pair)> pairs) => Tokenize(pairs, "", PredictOptions.Default, CancellationToken.None).Pack();

    private static (string Text, string Pair)[] PairsOf(ModelInput input) =>
        [.. input.Texts.Zip(input.Pairs ?? throw new ArgumentException("A cross-encoder judges pairs of texts; the input has single texts.", nameof(input)))];

    private Tensor Logits(Computation run, PackedBatch batch)
    {
        var hidden = _model.Body.Forward(run, batch); // [tokens × hidden]
        return _score?.Forward(run, ((VocabularyHead)_model.Head!).Decoder, hidden, batch) ?? _model.Head!.Forward(run, hidden, batch); // [pairs × labels]
    }

    private PredictOptions Check(PredictOptions? options)
    {
        options ??= PredictOptions.Default;
        options.Check();
        return options.ApplySoftmax && Labels.Count == 1
            ? throw new ArgumentException("The model has one label, whose softmax is 1 for every pair; leave ApplySoftmax out.", nameof(options))
            : options;
    }
}
