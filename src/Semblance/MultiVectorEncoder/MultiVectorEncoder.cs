using System.Text;
using Semblance.Checkpoints;
using Semblance.Modules;
using Semblance.Tensors;
using Semblance.Tokenizers;
using Semblance.Transformers;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance;

/// <summary>
/// Texts to one vector for each token, compared by late interaction (ColBERT: Khattab and Zaharia 2020, arXiv:2004.12832): nearly as good as a
/// cross-encoder, with documents that can be encoded beforehand. Queries and documents are encoded differently.
/// </summary>
/// <remarks>
/// Immutable, and safe for all threads. A text's vectors have the same bits alone, in any batch, in any order and with any
/// number of threads.
/// </remarks>
public sealed class MultiVectorEncoder : ITrainableModel
{
    private const string ColbertClass = "HF_ColBERT";

    private readonly TransformerModule _input;
    private readonly ModulePipeline _pipeline;
    private readonly MultiVectorMaskModule? _mask;
    private readonly HashSet<int> _skipped;

    /// <summary>Puts modules together.</summary>
    /// <param name="modules">The modules in order, a <see cref="TransformerModule"/> first; those after it work on the vectors of tokens.</param>
    /// <param name="config">Prompts, lengths and expansion; null for the defaults.</param>
    /// <exception cref="ArgumentException">The first module is no transformer, another makes one vector of a text, or a token of the settings is not the tokenizer's.</exception>
    public MultiVectorEncoder(IReadOnlyList<Module> modules, MultiVectorConfig? config = null)
    {
        _pipeline = new ModulePipeline(modules);
        _input = _pipeline.Input as TransformerModule ?? throw new ArgumentException("The first module must be a transformer.", nameof(modules));
        if (modules.FirstOrDefault(module => module.MakesSentenceEmbeddings || module is DenseModule { OnTokens: false } or NormalizeModule { OnTokens: false }) is { } pooled)
        {
            throw new ArgumentException($"{pooled} works on one vector of a text, but late interaction needs those of its tokens.", nameof(modules));
        }

        Modules = modules;
        Config = config ?? new MultiVectorConfig();
        Dimension = ModulePipeline.OutputDimension(modules, 0);
        _mask = modules.OfType<MultiVectorMaskModule>().LastOrDefault();
        _skipped = _mask?.SkippedIds(Tokenizer) ?? [];
        _ = Marker(isQuery: true);
        _ = Marker(isQuery: false);
        _ = ExpansionId();
    }

    /// <summary>The modules, in order.</summary>
    public IReadOnlyList<Module> Modules { get; }

    /// <summary>Prompts, lengths and expansion.</summary>
    public MultiVectorConfig Config { get; }

    /// <summary>The number of elements of a token's vector.</summary>
    public int Dimension { get; }

    /// <summary>Gets what the model's files say that is not known or not applied, one sentence each.</summary>
    public IReadOnlyList<string> Warnings => [.. OwnWarnings.Concat(Modules.SelectMany(module => module.Warnings)).Concat(Config.Warnings).Distinct()];

    private IReadOnlyList<string> OwnWarnings { get; init; } = [];

    /// <summary>The longest document in tokens, special ones included; what is longer is cut.</summary>
    public int MaxSequenceLength => Math.Min(Config.DocumentLength ?? int.MaxValue, _input.MaxSequenceLength);

    /// <summary>Text to token ids.</summary>
    public Tokenizer Tokenizer => _input.Tokenizer;

    /// <summary>Loads a model from a folder, or by its Hub id: as sentence-transformers or PyLate saved it, or an original ColBERT checkpoint.</summary>
    /// <param name="model">A folder, or an id such as <c>colbert-ir/colbertv2.0</c>, which is downloaded unless the cache has it.</param>
    /// <exception cref="FormatException">A file of the model is damaged or asks for what is not supported.</exception>
    /// <exception cref="IOException">The model cannot be read or downloaded.</exception>
    public static MultiVectorEncoder Load(string model) => LoadFolder(ModelFolder.Find(model, ModelKind.MultiVectorEncoder), trainable: false);

    /// <summary>Loads a model from a folder, or by its Hub id. A folder never touches the network.</summary>
    /// <param name="model">A folder, or an id.</param>
    /// <param name="revision">A branch, tag or commit of the Hub; null for the main one.</param>
    /// <param name="progress">Told about a download.</param>
    /// <param name="cancellation">Stops a download; what has arrived is used by the next.</param>
    /// <inheritdoc cref="Load(string)"/>
    public static async Task<MultiVectorEncoder> LoadAsync(
        string model, string? revision = null, IProgress<DownloadProgress>? progress = null, CancellationToken cancellation = default) =>
        LoadFolder(await ModelFolder.FindAsync(model, ModelKind.MultiVectorEncoder, revision, progress, cancellation).ConfigureAwait(false), trainable: false);

    /// <summary>Loads a model from a folder with parameters of its own, which training can change.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="FormatException">A file of the model is damaged or asks for what is not supported.</exception>
    /// <exception cref="IOException">The model cannot be read.</exception>
    public static MultiVectorEncoder LoadTrainable(string folder) => LoadFolder(ModelFolder.Whole(folder), trainable: true);

    /// <summary>Returns all parameters; each name begins with its module's place.</summary>
    public IEnumerable<Parameter> Parameters() =>
        Modules.SelectMany((module, i) => module.Parameters().Select(parameter => new Parameter($"{i}.{parameter.Name}", parameter.Value)));

    /// <summary>Computes the vectors of the tokens of texts inside a computation of the caller's, as training does.</summary>
    /// <param name="run">The computation; it owns the result.</param>
    /// <param name="texts">The texts; what is too long is cut.</param>
    /// <param name="isQuery">Whether the texts are queries, not documents.</param>
    /// <param name="prompt">The prompt before each text.</param>
    /// <returns>The vectors that <see cref="EncodeQuery"/> or <see cref="EncodeDocument"/> keep, with the first row of each text.</returns>
    public ModelOutput Forward(Computation run, IReadOnlyList<string> texts, bool isQuery, string prompt = "")
    {
        var features = new Features(Tokenize(texts, prompt, isQuery, MultiVectorEncodeOptions.Default, CancellationToken.None).Pack());
        foreach (var module in Modules)
        {
            module.Forward(run, features);
        }

        int[][] kept = [.. Enumerable.Range(0, texts.Count).Select(text => KeptRows(features.Batch, text, isQuery))];
        var offsets = new int[kept.Length + 1];
        for (var i = 0; i < kept.Length; i++)
        {
            offsets[i + 1] = offsets[i] + kept[i].Length;
        }

        return new ModelOutput(run.Rows(features.TokenEmbeddings!, [.. kept.SelectMany(rows => rows)]), offsets);
    }

    ModelOutputKind ITrainableModel.OutputKind => ModelOutputKind.TokenEmbeddings;

    int ITrainableModel.OutputDimension => Dimension;

    Transformer? ITrainableModel.Body => _input.Transformer;

    PackedBatch ITrainableModel.Tokenize(ModelInput input) => Tokenize(input.Texts, input.Prompt, IsQuery(input), MultiVectorEncodeOptions.Default, CancellationToken.None).Pack();

    ModelOutput ITrainableModel.Forward(Computation run, ModelInput input) => Forward(run, input.Texts, IsQuery(input), input.Prompt);

    /// <summary>
    /// The token vectors of a sentence encoder, compared by late interaction without having been trained for it: each word of a query is looked for by itself, which orders
    /// candidates better than one vector of a text does.
    /// </summary>
    /// <param name="model">A model that begins with a transformer; its weights are shared.</param>
    /// <exception cref="ArgumentException">It begins with something else.</exception>
    public static MultiVectorEncoder Of(SentenceTransformer model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.Modules[0] is TransformerModule transformer
            ? new MultiVectorEncoder(
                [transformer, new MultiVectorMaskModule(MultiVectorMaskModule.Punctuation), new NormalizeModule(onTokens: true)],
                new MultiVectorConfig { Prompts = model.Config.Prompts, DefaultPromptName = model.Config.DefaultPromptName })
            : throw new ArgumentException($"The model begins with {model.Modules[0]}, but late interaction needs the token vectors of a transformer.", nameof(model));
    }

    /// <summary>Encodes questions: with their prefix and expansion, and the model's prompt <c>query</c>, if it has one and no other is asked for.</summary>
    /// <param name="texts">The texts; any text will do.</param>
    /// <param name="options">How to encode; null for the defaults.</param>
    /// <param name="progress">Told after each batch.</param>
    /// <param name="cancellation">Stops between two operations.</param>
    /// <exception cref="ArgumentException">An option does not fit the model, or a text is null.</exception>
    /// <exception cref="TextTooLongException">A text is too long and <see cref="Truncation.Error"/> was asked for.</exception>
    public MultiVectorEmbeddings EncodeQuery(
        IReadOnlyList<string> texts, MultiVectorEncodeOptions? options = null, IProgress<EncodeProgress>? progress = null, CancellationToken cancellation = default) =>
        Encode(texts, isQuery: true, Prompts.WithFirst(options ?? MultiVectorEncodeOptions.Default, Config.Prompts, "query"), progress, cancellation);

    /// <summary>Encodes documents: with their prefix, and the model's prompt <c>document</c>, <c>passage</c> or <c>corpus</c>, if it has one and no other is asked for.</summary>
    /// <inheritdoc cref="EncodeQuery"/>
    public MultiVectorEmbeddings EncodeDocument(
        IReadOnlyList<string> texts, MultiVectorEncodeOptions? options = null, IProgress<EncodeProgress>? progress = null, CancellationToken cancellation = default) =>
        Encode(texts, isQuery: false, Prompts.WithFirst(options ?? MultiVectorEncodeOptions.Default, Config.Prompts, "document", "passage", "corpus"), progress, cancellation);

    /// <summary>The score of each query with each document, by the model's own similarity (<see cref="MaxSim"/>).</summary>
    /// <param name="queries">What <see cref="EncodeQuery"/> gave.</param>
    /// <param name="documents">What <see cref="EncodeDocument"/> gave.</param>
    /// <returns><c>[queries × documents]</c>; larger is more alike.</returns>
    public Tensor Similarity(MultiVectorEmbeddings queries, MultiVectorEmbeddings documents)
    {
        ArgumentNullException.ThrowIfNull(queries);
        ArgumentNullException.ThrowIfNull(documents);
        return MaxSim.Matrix(queries.Vectors, documents.Vectors, Config.IsMean);
    }

    /// <summary>Orders documents by how well they answer a query.</summary>
    /// <param name="query">The query.</param>
    /// <param name="documents">The documents, such as the best of a search.</param>
    /// <param name="topK">How many to keep, at least 1; null for all.</param>
    /// <param name="options">How to encode; null for the defaults.</param>
    /// <param name="progress">Told after each batch of documents.</param>
    /// <param name="cancellation">Stops between two operations.</param>
    /// <returns>The documents, the best first and the earlier first among equals.</returns>
    /// <exception cref="ArgumentException">An option does not fit the model, or a text is null.</exception>
    public RankedDocument[] Rank(
        string query, IReadOnlyList<string> documents, int? topK = null, MultiVectorEncodeOptions? options = null, IProgress<EncodeProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(documents);
        ArgumentOutOfRangeException.ThrowIfLessThan(topK ?? 1, 1, nameof(topK));
        var question = EncodeQuery([query], options, null, cancellation);
        var answers = EncodeDocument(documents, options, progress, cancellation);
        return RankedDocument.Order(documents, MaxSim.Matrix(question.Vectors, answers.Vectors, Config.IsMean, options?.Threads, cancellation).Values, topK);
    }

    /// <summary>Writes the model in the layout of sentence-transformers.</summary>
    /// <param name="folder">The folder, made if need be. A model in it is replaced in one step, also the one that this was loaded from; files that are not a model's (<see cref="ModelFiles"/>) stay.</param>
    /// <param name="weights">The type that parameters are written in: <see cref="DType.F32"/>, or <see cref="DType.F16"/> for half the size and rounded vectors.</param>
    /// <exception cref="ArgumentException">Weights cannot be written as that type.</exception>
    /// <exception cref="CheckpointFormatException">A parameter is too large for float16; it is named.</exception>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public void Save(string folder, DType weights = DType.F32) => ModelFiles.Save(folder, written =>
    {
        ModuleList.Save(Modules, written, weights);
        Config.Save(written);
    });

    /// <summary>The pipeline, a module a line.</summary>
    public override string ToString()
    {
        var text = new StringBuilder("MultiVectorEncoder(").AppendLine();
        for (var i = 0; i < Modules.Count; i++)
        {
            text.Append("  (").Append(i).Append(") ").Append(Modules[i]).AppendLine();
        }

        return text.Append(')').ToString();
    }

    private static MultiVectorEncoder LoadFolder(string folder, bool trainable)
    {
        ModelKinds.Require(folder, ModelKind.MultiVectorEncoder);
        var path = Path.Combine(folder, "config.json");
        var isColbert = !ModuleList.Exists(folder) && File.Exists(path) && ConfigurationFile.Read(path).Texts("architectures").Contains(ColbertClass);
        if (!ModuleList.Exists(folder) && !isColbert)
        {
            throw new ModelFormatException(folder, $"the folder has no modules.json, and its config.json does not name {ColbertClass} under 'architectures'; a late-interaction model needs its projection.");
        }

        var config = MultiVectorConfig.Load(folder, isColbert);
        IEnumerable<Module> Arrange(IEnumerable<Module> listed)
        {
            // PyLate and ColBERT project token vectors, skip some and normalise, and name only the projection.
            var named = config.IsLegacy
                ? [.. listed.Where(module => module is TransformerModule or DenseModule), new MultiVectorMaskModule(config.Skiplist ?? []), new NormalizeModule(onTokens: true)]
                : listed;
            return named.Select(module => module is DenseModule dense ? dense.ForTokens() : module);
        }

        var (modules, warnings) = isColbert ? ([.. Arrange([TransformerModule.Load(folder, trainable), Projection(folder, trainable)])], []) : ModuleList.Load(folder, trainable, Arrange);
        try
        {
            return new MultiVectorEncoder(modules, config) { OwnWarnings = warnings };
        }
        catch (ArgumentException e)
        {
            throw new ModelFormatException(folder, e.Message, e);
        }
    }

    private static DenseModule Projection(string folder, bool trainable)
    {
        const string Name = "linear.weight";
        var checkpoint = Checkpoint.Open(folder);
        if (checkpoint.Info(Name).Shape is not [var outputs, var inputs])
        {
            throw new ModelFormatException(checkpoint.Path, $"the tensor {checkpoint.Info(Name)} is no matrix; expected [dimension, hidden size].");
        }

        var weights = new CheckpointWeights(checkpoint, "", trainable);
        var linear = weights.Linear("linear", outputs, inputs, bias: false);
        weights.Check();
        return new DenseModule(linear, Activation.Identity, onTokens: true);
    }

    private MultiVectorEmbeddings Encode(IReadOnlyList<string> texts, bool isQuery, MultiVectorEncodeOptions options, IProgress<EncodeProgress>? progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(texts);
        options.Check();
        var prompt = Prompts.Of(options, Config.Prompts, Config.DefaultPromptName);
        var tokenized = Tokenize(texts, prompt, isQuery, options, cancellation);
        var results = new Tensor[texts.Count];
        _pipeline.Run(tokenized, 0, options, progress, (run, features, places) =>
        {
            foreach (var module in Modules.Skip(1))
            {
                module.Forward(run, features);
            }

            for (var i = 0; i < places.Length; i++)
            {
                results[places[i]] = Kept(features, i, places[i], isQuery);
            }
        }, cancellation);
        GC.KeepAlive(this); // the kernels saw only addresses
        return new MultiVectorEmbeddings(results, tokenized.TokenCounts, tokenized.Truncated);
    }

    private Tensor Kept(Features features, int sequence, int text, bool isQuery)
    {
        var rows = KeptRows(features.Batch, sequence, isQuery);
        var kept = Tensor.Zeros(rows.Length, Dimension);
        for (var i = 0; i < rows.Length; i++)
        {
            features.TokenEmbeddings!.Row(rows[i]).CopyTo(kept.Writable.Slice(i * Dimension, Dimension));
        }

        return TensorPrimitives.IsFiniteAll(kept.Values)
            ? kept
            : throw new ModelFormatException("model", $"a vector of text {text} is not finite; are the model's weights damaged?");
    }

    private int[] KeptRows(PackedBatch batch, int sequence, bool isQuery)
    {
        var (start, end) = (batch.Offsets[sequence], batch.Offsets[sequence + 1]);
        return [.. Enumerable.Range(start, end - start).Where(row => _mask?.Keeps(batch.TokenIds[row], isQuery, _skipped) ?? true)];
    }

    private static bool IsQuery(ModelInput input) => input.Route is { } route ? route == "query" : input.Column == 0;

    private TokenizedTexts Tokenize(IReadOnlyList<string> texts, string prompt, bool isQuery, MultiVectorEncodeOptions options, CancellationToken cancellation)
    {
        var (limit, marker) = (Limit(isQuery), Marker(isQuery));
        return TokenizedTexts.From(
            texts.Count, i => Tokenize(prompt + (texts[i] ?? throw new ArgumentException($"Text {i} is null.", nameof(texts))), limit, marker, isQuery), limit, options, cancellation);
    }

    private int Limit(bool isQuery) => Math.Min(_input.MaxSequenceLength, (isQuery, Config.QueryExpansion) switch
    {
        (false, _) => Config.DocumentLength ?? int.MaxValue,
        (true, { IsFixed: true } expansion) => expansion.Length,
        (true, { } expansion) => Math.Max(expansion.Length, Config.QueryLength ?? int.MaxValue),
        _ => Config.QueryLength ?? int.MaxValue,
    });

    private TokenizedText Tokenize(string text, int limit, int? marker, bool isQuery)
    {
        var tokenized = _input.Tokenize(text, Math.Max(1, limit - (marker is null ? 0 : 1)));
        var ids = new List<int>(tokenized.Ids);
        if (marker is { } id)
        {
            ids.Insert(Math.Min(1, ids.Count), id);
        }

        var count = ids.Count;
        if (isQuery && Config.QueryExpansion is { } expansion)
        {
            while (ids.Count < Math.Min(expansion.Length, limit))
            {
                ids.Add(ExpansionId());
            }

            return new TokenizedText([.. ids], null, tokenized.IsTruncated, expansion.IsAttended ? null : count);
        }

        return new TokenizedText([.. ids], null, tokenized.IsTruncated);
    }

    // The token as it is written, or without the space that some prefixes end with.
    private int? Marker(bool isQuery) => (isQuery ? Config.QueryPrefix : Config.DocumentPrefix) is not { } prefix ? null
        : Tokenizer.TokenToId(prefix) ?? Tokenizer.TokenToId(prefix.Trim())
        ?? throw new ArgumentException($"The prefix '{prefix}' is no token of the tokenizer.");

    private int ExpansionId() => Config.QueryExpansion is not { } expansion ? 0
        : (expansion.Token is { } token ? Tokenizer.TokenToId(token) : Tokenizer.MaskId ?? Tokenizer.SeparatorId)
        ?? throw new ArgumentException($"The tokenizer has no token to fill queries up with ({expansion.Token ?? "a mask token"}).");
}
