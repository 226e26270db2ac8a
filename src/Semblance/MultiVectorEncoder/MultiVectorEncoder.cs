using Semblance.Checkpoints;
using Semblance.Modules;
using Semblance.Tensors;
using Semblance.Transformers;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance;

/// <summary>
/// Represents a model that computes one vector for each token of a text and compares texts by late interaction (ColBERT: Khattab and
/// Zaharia 2020, arXiv:2004.12832). It is nearly as accurate as a cross-encoder, and documents can be encoded in advance. Texts of the
/// route <c>query</c> get the prefix and the expansion of queries, all others the prefix of documents.
/// </summary>
/// <inheritdoc cref="Encoder{TSelf}" path="/remarks"/>
public sealed class MultiVectorEncoder
    : TextEncoder<MultiVectorEncoder, MultiVectorEncodeOptions, MultiVectorEmbeddings, MultiVectorEmbedding>, ILoadable<MultiVectorEncoder>
{
    private const string ColbertClass = "HF_ColBERT";
    private const string Query = "query";

    private readonly MultiVectorTokens _tokens;
    private readonly MultiVectorMaskModule? _mask;
    private readonly HashSet<int> _skipped;

    /// <summary>Initializes a new instance of the <see cref="MultiVectorEncoder"/> class from modules.</summary>
    /// <param name="modules">The modules in order, a <see cref="TransformerModule"/> first; the others must work on token vectors.</param>
    /// <param name="config">The prompts, maximum lengths and query expansion; null for the defaults.</param>
    /// <exception cref="ArgumentException">
    /// The first module is not a transformer, another computes one vector for a text, or the tokenizer does not have a token of the
    /// settings.
    /// </exception>
    public MultiVectorEncoder(IReadOnlyList<Module> modules, MultiVectorConfig? config = null)
        : this(modules, config ?? new MultiVectorConfig(), [])
    {
    }

    private MultiVectorEncoder(IReadOnlyList<Module> modules, MultiVectorConfig config, IReadOnlyList<string> warnings)
        : base(modules, warnings)
    {
        var input = Input as TransformerModule ?? throw new ArgumentException("The first module must be a transformer.", nameof(modules));
        if (modules.FirstOrDefault(module => module.MakesSentenceEmbeddings
            || module is DenseModule { OnTokens: false } or NormalizeModule { OnTokens: false }) is { } pooled)
        {
            throw new ArgumentException($"{pooled} works on one vector of a text, but late interaction needs those of its tokens.",
                nameof(modules));
        }

        Config = config;
        _mask = modules.OfType<MultiVectorMaskModule>().LastOrDefault();
        _skipped = _mask?.SkippedIds(Tokenizer) ?? [];
        _tokens = new MultiVectorTokens(input, config);
    }

    /// <summary>Gets the prompts, maximum lengths and query expansion.</summary>
    public override MultiVectorConfig Config { get; }

    /// <summary>Gets the maximum length of a document in tokens, special tokens included. Longer documents are truncated.</summary>
    public override int MaxSequenceLength => _tokens.DocumentLimit;

    /// <inheritdoc/>
    public override ModelOutputKind OutputKind => ModelOutputKind.TokenEmbeddings;

    static ModelKind ILoadable<MultiVectorEncoder>.Kind => ModelKind.MultiVectorEncoder;

    /// <summary>
    /// Loads the late-interaction head of the bundled default model for English and Chinese, which the package <c>Semblance.Models.Mini</c>
    /// provides.
    /// </summary>
    /// <param name="compute">The number format of the products with weights; <see cref="ComputeType.Float32"/> by default.</param>
    /// <exception cref="DirectoryNotFoundException">The program was built without that package.</exception>
    /// <exception cref="ModelFormatException">The default model has no such head.</exception>
    public static MultiVectorEncoder LoadDefault(ComputeType compute = ComputeType.Float32)
    {
        var folder = DefaultModel.Folder;
        MultiVectorHead.Require(folder);
        return Load(folder, compute);
    }

    /// <summary>
    /// Creates a model that compares the token vectors of a sentence encoder by late interaction, without training for it: each query token
    /// is matched by itself, which ranks candidates better than one vector for a text.
    /// </summary>
    /// <param name="model">A model that begins with a transformer, whose weights are shared.</param>
    /// <exception cref="ArgumentException">The model begins with another module.</exception>
    public static MultiVectorEncoder Of(SentenceTransformer model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.Modules[0] is TransformerModule transformer
            ? new MultiVectorEncoder(
                [transformer, new MultiVectorMaskModule(MultiVectorMaskModule.Punctuation), new NormalizeModule(onTokens: true)],
                new MultiVectorConfig { Prompts = model.Config.Prompts, DefaultPromptName = model.Config.DefaultPromptName })
            {
                Compute = model.Compute,
            }
            : throw new ArgumentException(
                $"The model begins with {model.Modules[0]}, but late interaction needs the token vectors of a transformer.", nameof(model));
    }

    /// <summary>
    /// Writes the modules behind the transformer into the folder of a sentence encoder that has the same transformer: one folder then holds
    /// both models, and the transformer's weights once. <see cref="Encoder{TSelf}.Load"/> of each class loads its own.
    /// </summary>
    /// <param name="folder">
    /// The folder of the sentence encoder, whose files stay as they are. <c>multi_vector_modules.json</c>,
    /// <c>multi_vector_config.json</c> and the folders of the listed modules are added; an earlier head is replaced, in one step. Saving
    /// another model into the folder removes the head.
    /// </param>
    /// <param name="weights">
    /// The data type of the written parameters: <see cref="DType.F32"/>, <see cref="DType.F16"/> or <see cref="DType.BF16"/>.
    /// </param>
    /// <exception cref="ArgumentException">
    /// The folder's transformer does not have the parameters of this one, or the folder holds a model of another kind.
    /// </exception>
    /// <exception cref="FormatException">A file of the folder's model is damaged.</exception>
    /// <exception cref="IOException">A file cannot be read or written.</exception>
    public void SaveHead(string folder, DType weights = DType.F32)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        MultiVectorHead.Save(this, ModelFolder.Whole(folder), weights);
    }

    /// <summary>Computes the token vectors of texts with all modules inside a given computation, as in training.</summary>
    /// <param name="run">The computation, which owns the result.</param>
    /// <param name="texts">The texts. Those that are too long are truncated.</param>
    /// <param name="prompt">The text before each text.</param>
    /// <param name="route"><c>query</c> for queries; null or another for documents.</param>
    /// <returns>The vectors of the kept tokens, with the first row of each text.</returns>
    public ModelOutput Forward(Computation run, IReadOnlyList<string> texts, string prompt = "", string? route = null)
    {
        ArgumentNullException.ThrowIfNull(run);
        var features = Through(run, Tokenize(texts, prompt, route));
        var (rows, offsets) = (new List<int>(), new List<int> { 0 });
        for (var i = 0; i < texts.Count; i++)
        {
            rows.AddRange(Kept(features, i, route == Query));
            offsets.Add(rows.Count);
        }

        return new ModelOutput(run.Rows(features.TokenEmbeddings!, [.. rows]), offsets);
    }

    /// <inheritdoc/>
    public override ModelOutput Forward(Computation run, ModelInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return Forward(run, input.Texts, input.Prompt, RouteOf(input));
    }

    /// <summary>Computes the score of each query with each document with the model's similarity function (<see cref="MaxSim"/>).</summary>
    /// <param name="a">The vectors of queries.</param>
    /// <param name="b">The vectors of documents.</param>
    /// <returns><c>[queries × documents]</c>; larger is more similar.</returns>
    public override Tensor Similarity(MultiVectorEmbeddings a, MultiVectorEmbeddings b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        return MaxSim.Matrix(a.Vectors, b.Vectors, Config.IsMean);
    }

    /// <summary>Ranks documents by their similarity to a query.</summary>
    /// <param name="query">The query.</param>
    /// <param name="documents">The documents, such as the top results of a search.</param>
    /// <param name="topK">The number of documents to return, at least 1; null for all.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <param name="progress">Receives progress after each batch of documents.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <returns>The documents, by descending score; equal scores keep the order of the documents.</returns>
    /// <exception cref="ArgumentException">An option does not fit the model, or a text is null.</exception>
    public RankedDocument[] Rank(
        string query, IReadOnlyList<string> documents, int? topK = null, MultiVectorEncodeOptions? options = null,
        IProgress<EncodeProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(documents);
        ArgumentOutOfRangeException.ThrowIfLessThan(topK ?? 1, 1, nameof(topK));
        var question = EncodeQuery([query], options, null, cancellationToken);
        var answers = EncodeDocument(documents, options, progress, cancellationToken);
        return RankedDocument.Order(documents,
            MaxSim.Matrix(question.Vectors, answers.Vectors, Config.IsMean, options?.MaxThreads, cancellationToken).Values, topK);
    }

    // A head beside a sentence encoder, a model as sentence-transformers or PyLate saved it, or an original ColBERT checkpoint.
    static MultiVectorEncoder ILoadable<MultiVectorEncoder>.LoadFolder(string folder, bool trainable)
    {
        ModelKinds.Require(folder, ModelKind.MultiVectorEncoder);
        if (MultiVectorHead.Exists(folder))
        {
            var (head, settings, found) = MultiVectorHead.Load(folder, trainable);
            return Create(folder, head, settings, found);
        }

        var path = Path.Combine(folder, "config.json");
        var isColbert = !ModuleList.Exists(folder) && File.Exists(path)
            && ConfigurationFile.Read(path).Texts("architectures").Contains(ColbertClass);
        if (!ModuleList.Exists(folder) && !isColbert)
        {
            throw new ModelFormatException(folder, $"the folder has no modules.json, and its config.json does not name {ColbertClass} "
                + "under 'architectures'; a late-interaction model needs its projection.");
        }

        var config = MultiVectorConfig.Load(folder, isColbert);
        IEnumerable<Module> Arrange(IEnumerable<Module> listed)
        {
            // PyLate and ColBERT project token vectors, skip some and normalize, but name only the projection.
            var named = config.IsLegacy
                ? [.. listed.Where(module => module is TransformerModule or DenseModule),
                    new MultiVectorMaskModule(config.Skiplist ?? []), new NormalizeModule(onTokens: true)]
                : listed;
            return named.Select(module => module is DenseModule dense ? dense.ForTokens() : module);
        }

        var (modules, warnings) = isColbert
            ? ([.. Arrange([TransformerModule.Load(folder, trainable), Projection(folder, trainable)])], [])
            : ModuleList.Load(folder, trainable, Arrange);
        return Create(folder, modules, config, warnings);
    }

    // The first column of a training batch holds the queries unless routes say otherwise.
    private protected override string? RouteOf(ModelInput input) => input.Route ?? (input.Column == 0 ? Query : null);

    private protected override TokenizedTexts Tokenize(
        IReadOnlyList<string> texts, string prompt, MultiVectorEncodeOptions options, CancellationToken cancellationToken) =>
        _tokens.Tokenize(texts, prompt, options.Route == Query, options, cancellationToken);

    private protected override MultiVectorEmbeddings Run(
        TokenizedTexts texts, MultiVectorEncodeOptions options, IProgress<EncodeProgress>? progress, CancellationToken cancellationToken)
    {
        var results = new Tensor[texts.Count];
        ForEachBatch(texts, options, progress, (run, features, indices) =>
        {
            Through(run, features);
            for (var i = 0; i < indices.Length; i++)
            {
                int[] rows = [.. Kept(features, i, options.Route == Query)];
                var kept = results[indices[i]] = Tensor.Zeros(rows.Length, Dimension);
                for (var row = 0; row < rows.Length; row++)
                {
                    features.TokenEmbeddings!.Row(rows[row]).CopyTo(kept.Writable.Slice(row * Dimension, Dimension));
                }

                if (!TensorPrimitives.IsFiniteAll(kept.Values))
                {
                    throw new ModelFormatException("model",
                        $"a vector of text {indices[i]} is not finite; are the model's weights damaged?");
                }
            }
        }, cancellationToken);
        return new MultiVectorEmbeddings(results, texts.TokenCounts, texts.Truncated);
    }

    private protected override MultiVectorEmbedding One(string text, MultiVectorEmbeddings embeddings, int index) =>
        new(text, embeddings[index], embeddings.TokenCounts[index], embeddings.Truncated[index]);

    private static MultiVectorEncoder Create(
        string folder, IReadOnlyList<Module> modules, MultiVectorConfig config, IReadOnlyList<string> warnings)
    {
        try
        {
            return new MultiVectorEncoder(modules, config, warnings);
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
            throw new ModelFormatException(checkpoint.Path,
                $"the tensor {checkpoint.Info(Name)} is not a matrix; expected [dimension, hidden size].");
        }

        var weights = new CheckpointWeights(checkpoint, "", trainable);
        var linear = weights.Linear("linear", outputs, inputs, bias: false);
        weights.Check();
        return new DenseModule(linear, Activation.Identity, onTokens: true);
    }

    // The rows of the kept tokens of a text.
    private IEnumerable<int> Kept(Features features, int sequence, bool isQuery) =>
        Enumerable.Range(features.Batch.Offsets[sequence], features.Batch.Length(sequence))
            .Where(row => _mask?.Keeps(features.Batch.TokenIds[row], isQuery, _skipped) ?? true);
}
