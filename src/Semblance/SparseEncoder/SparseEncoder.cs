using System.Text;
using Semblance.Checkpoints;
using Semblance.Modules;
using Semblance.Tensors;
using Semblance.Tokenizers;
using Semblance.Transformers;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance;

/// <summary>
/// Texts to sparse vectors with a weight for each word of the vocabulary (SPLADE: Formal et al. 2021, arXiv:2109.10086), which an inverted index
/// can search and a person can read.
/// </summary>
/// <remarks>
/// Immutable, and safe for all threads. A text's vector has the same bits alone, in any batch, in any order and with any
/// number of threads.
/// </remarks>
public sealed class SparseEncoder : ITrainableModel
{
    private const string ModelType = "SparseEncoder";

    private readonly ModulePipeline _pipeline;

    /// <summary>Puts modules together.</summary>
    /// <param name="modules">The modules in order, such as a <see cref="MaskedLanguageModule"/> and a <see cref="SpladePoolingModule"/>.</param>
    /// <param name="config">Prompts and similarity; null for none, and the dot product.</param>
    /// <exception cref="ArgumentException">The first module takes no texts, or there is none that makes sparse vectors.</exception>
    public SparseEncoder(IReadOnlyList<Module> modules, SentenceTransformerConfig? config = null)
    {
        _pipeline = new ModulePipeline(modules);
        Modules = modules;
        Config = config ?? new SentenceTransformerConfig { SimilarityFunction = SimilarityFunction.DotProduct };
        Dimension = ModulePipeline.OutputDimension(modules, 0);
    }

    /// <summary>The modules, in order.</summary>
    public IReadOnlyList<Module> Modules { get; }

    /// <summary>Prompts and similarity.</summary>
    public SentenceTransformerConfig Config { get; }

    /// <summary>The number of elements of a vector, zeros included: usually the size of the vocabulary.</summary>
    public int Dimension { get; }

    /// <summary>Gets what the model's files say that is not known or not applied, one sentence each.</summary>
    public IReadOnlyList<string> Warnings => [.. OwnWarnings.Concat(Modules.SelectMany(module => module.Warnings)).Concat(Config.Warnings).Distinct()];

    private IReadOnlyList<string> OwnWarnings { get; init; } = [];

    /// <summary>The longest text in tokens; what is longer is cut.</summary>
    public int MaxSequenceLength => _pipeline.Input.MaxSequenceLength;

    /// <summary>Text to token ids.</summary>
    /// <exception cref="InvalidOperationException">The model divides texts into words, or has a tokenizer for each route.</exception>
    public Tokenizer Tokenizer => _pipeline.Input.Tokenizer ?? _pipeline.Input.Entry("document").Tokenizer ?? throw new InvalidOperationException($"{_pipeline.Input} has no subword tokenizer.");

    /// <summary>Loads a model from a folder, or by its Hub id; a transformer that predicts words, without <c>modules.json</c>, gets SPLADE's largest weights.</summary>
    /// <param name="model">A folder, or an id such as <c>naver/splade-v3</c>, which is downloaded unless the cache has it.</param>
    /// <exception cref="FormatException">A file of the model is damaged or asks for what is not supported.</exception>
    /// <exception cref="IOException">The model cannot be read or downloaded.</exception>
    public static SparseEncoder Load(string model) => LoadFolder(ModelFolder.Find(model, ModelKind.SparseEncoder), trainable: false);

    /// <summary>Loads a model from a folder, or by its Hub id. A folder never touches the network.</summary>
    /// <param name="model">A folder, or an id.</param>
    /// <param name="revision">A branch, tag or commit of the Hub; null for the main one.</param>
    /// <param name="progress">Told about a download.</param>
    /// <param name="cancellation">Stops a download; what has arrived is used by the next.</param>
    /// <inheritdoc cref="Load(string)"/>
    public static async Task<SparseEncoder> LoadAsync(
        string model, string? revision = null, IProgress<DownloadProgress>? progress = null, CancellationToken cancellation = default) =>
        LoadFolder(await ModelFolder.FindAsync(model, ModelKind.SparseEncoder, revision, progress, cancellation).ConfigureAwait(false), trainable: false);

    /// <summary>Loads a model from a folder with parameters of its own, which training can change.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="FormatException">A file of the model is damaged or asks for what is not supported.</exception>
    /// <exception cref="IOException">The model cannot be read.</exception>
    public static SparseEncoder LoadTrainable(string folder) => LoadFolder(ModelFolder.Whole(folder), trainable: true);

    /// <summary>Returns all parameters; each name begins with its module's place.</summary>
    public IEnumerable<Parameter> Parameters() =>
        Modules.SelectMany((module, i) => module.Parameters().Select(parameter => new Parameter($"{i}.{parameter.Name}", parameter.Value)));

    /// <summary>Computes the vectors of texts inside a computation of the caller's, as training does.</summary>
    /// <param name="run">The computation; it owns the result.</param>
    /// <param name="texts">The texts; what is too long is cut.</param>
    /// <param name="prompt">The prompt before each text.</param>
    /// <param name="route">The route of the texts, for a model with a router; null for its default.</param>
    /// <returns><c>[texts × dimension]</c>, zeros included.</returns>
    public Tensor Forward(Computation run, IReadOnlyList<string> texts, string prompt = "", string? route = null)
    {
        var features = _pipeline.Tokenize(texts, prompt, route);
        foreach (var module in Modules)
        {
            module.Forward(run, features);
        }

        return features.SentenceEmbeddings ?? throw new InvalidOperationException("The model has no module that makes one vector of a text, such as SpladePooling.");
    }

    ModelOutputKind ITrainableModel.OutputKind => ModelOutputKind.SentenceEmbeddings;

    int ITrainableModel.OutputDimension => Dimension;

    Transformer? ITrainableModel.Body => (Modules[0] as MaskedLanguageModule)?.Transformer;

    PackedBatch ITrainableModel.Tokenize(ModelInput input) => _pipeline.Tokenize(input.Texts, input.Prompt, input.Route).Batch;

    ModelOutput ITrainableModel.Forward(Computation run, ModelInput input) => new(Forward(run, input.Texts, input.Prompt, input.Route));

    /// <summary>The vectors of several texts.</summary>
    /// <param name="texts">The texts; any text will do.</param>
    /// <param name="options">How to encode; null for the defaults.</param>
    /// <param name="progress">Told after each batch.</param>
    /// <param name="cancellation">Stops between two operations.</param>
    /// <exception cref="ArgumentException">An option does not fit the model, or a text is null.</exception>
    /// <exception cref="TextTooLongException">A text is too long and <see cref="Truncation.Error"/> was asked for.</exception>
    public SparseEmbeddings Encode(
        IReadOnlyList<string> texts, SparseEncodeOptions? options = null, IProgress<EncodeProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        options ??= SparseEncodeOptions.Default;
        options.Check();
        var vectors = new SparseVector[texts.Count];
        var prompt = Prompts.Of(options, Config.Prompts, Config.DefaultPromptName);
        var tokenized = _pipeline.Run(texts, prompt, options, progress, (run, features, places) =>
        {
            features.MaxActiveDimensions = options.MaxActiveDimensions;
            foreach (var module in Modules.Skip(1))
            {
                module.Forward(run, features);
            }

            var rows = features.SentenceEmbeddings ?? throw new InvalidOperationException("The model has no module that makes one vector of a text, such as SpladePooling.");
            for (var i = 0; i < places.Length; i++)
            {
                var row = rows.Row(i);
                if (!TensorPrimitives.IsFiniteAll(row))
                {
                    throw new ModelFormatException("model", $"the vector of text {places[i]} is not finite; are the model's weights damaged?");
                }

                var vector = SparseVector.From(row);
                vectors[places[i]] = options.MaxActiveDimensions is { } count ? vector.Largest(count) : vector;
            }
        }, cancellation);
        GC.KeepAlive(this); // the kernels saw only addresses
        return new SparseEmbeddings(Dimension, vectors, tokenized.TokenCounts, tokenized.Truncated);
    }

    /// <summary>The vector of one text.</summary>
    /// <param name="text">The text; any text will do.</param>
    /// <param name="options">How to encode; null for the defaults.</param>
    public SparseVector Encode(string text, SparseEncodeOptions? options = null) => Encode([text], options)[0];

    /// <summary>Encodes questions: on the route <c>query</c> of a model with a router, and with its prompt <c>query</c>, if it has one and no other is asked for.</summary>
    /// <inheritdoc cref="Encode(IReadOnlyList{string}, SparseEncodeOptions?, IProgress{EncodeProgress}?, CancellationToken)"/>
    public SparseEmbeddings EncodeQuery(
        IReadOnlyList<string> texts, SparseEncodeOptions? options = null, IProgress<EncodeProgress>? progress = null, CancellationToken cancellation = default) =>
        Encode(texts, WithRoute(options, "query", "query"), progress, cancellation);

    /// <summary>Encodes documents: on the route <c>document</c> of a model with a router, and with its prompt <c>document</c>, <c>passage</c> or <c>corpus</c>, if it has one and no other is asked for.</summary>
    /// <inheritdoc cref="Encode(IReadOnlyList{string}, SparseEncodeOptions?, IProgress{EncodeProgress}?, CancellationToken)"/>
    public SparseEmbeddings EncodeDocument(
        IReadOnlyList<string> texts, SparseEncodeOptions? options = null, IProgress<EncodeProgress>? progress = null, CancellationToken cancellation = default) =>
        Encode(texts, WithRoute(options, "document", "document", "passage", "corpus"), progress, cancellation);

    /// <summary>Encodes a stream of any length in bounded memory: while some texts are encoded, the next are read and the last are handed out.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="options">How to encode; null for the defaults.</param>
    /// <param name="cancellation">Stops between two operations.</param>
    /// <returns>The texts with their vectors, in their order.</returns>
    /// <exception cref="ArgumentException">An option does not fit the model, or a text is null.</exception>
    /// <exception cref="TextTooLongException">A text is too long and <see cref="Truncation.Error"/> was asked for.</exception>
    public IAsyncEnumerable<SparseEmbedding> EncodeAsync(IAsyncEnumerable<string> texts, SparseEncodeOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        options?.Check();
        return EncodingStream.Run(texts, text => text?.Length ?? 0, window =>
        {
            var embeddings = Encode(window, options, null, cancellation);
            return window.Select((text, i) => new SparseEmbedding(text, embeddings[i], embeddings.TokenCounts[i], embeddings.Truncated[i]));
        }, cancellation);
    }

    /// <summary>How alike each vector of one set is to each of another, by the model's own similarity.</summary>
    /// <param name="a">Vectors.</param>
    /// <param name="b">Other vectors.</param>
    /// <returns><c>[a × b]</c>; larger is more alike.</returns>
    public Tensor Similarity(SparseEmbeddings a, SparseEmbeddings b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        return SparseSimilarity.Matrix(a.Vectors, b.Vectors, Config.SimilarityFunction);
    }

    /// <summary>What a vector says: its tokens, the heaviest first.</summary>
    /// <param name="vector">A vector of this model.</param>
    /// <param name="topK">How many tokens, at least 1; null for all.</param>
    /// <exception cref="ArgumentException">The vector is of another model.</exception>
    public IReadOnlyList<TokenWeight> Decode(SparseVector vector, int? topK = null)
    {
        ArgumentNullException.ThrowIfNull(vector);
        ArgumentOutOfRangeException.ThrowIfLessThan(topK ?? 1, 1, nameof(topK));
        var tokenizer = Tokenizer;
        return vector.Dimension == Dimension
            ? [.. vector.Order(topK).Select(i => (Id: vector.Indices.Span[i], Weight: vector.Values.Span[i]))
                .Select(element => new TokenWeight(tokenizer.IdToToken(element.Id) ?? $"[{element.Id}]", element.Weight))]
            : throw new ArgumentException($"The vector has {vector.Dimension} dimensions, but those of the model have {Dimension}.", nameof(vector));
    }

    /// <summary>Writes the model in the layout of sentence-transformers.</summary>
    /// <param name="folder">The folder, made if need be. A model in it is replaced in one step, also the one that this was loaded from; files that are not a model's (<see cref="ModelFiles"/>) stay.</param>
    /// <param name="weights">The type that parameters are written in: <see cref="DType.F32"/>, or <see cref="DType.F16"/> for half the size and rounded vectors.</param>
    /// <exception cref="ArgumentException">Weights cannot be written as that type.</exception>
    /// <exception cref="CheckpointFormatException">A parameter is too large for float16; it is named.</exception>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public void Save(string folder, DType weights = DType.F32) => ModelFiles.Save(folder, written =>
    {
        Config.Save(written, ModelType);
        ModuleList.Save(Modules, written, weights);
    });

    /// <summary>The pipeline, a module a line.</summary>
    public override string ToString()
    {
        var text = new StringBuilder("SparseEncoder(").AppendLine();
        for (var i = 0; i < Modules.Count; i++)
        {
            text.Append("  (").Append(i).Append(") ").Append(Modules[i]).AppendLine();
        }

        return text.Append(')').ToString();
    }

    private static SparseEncoder LoadFolder(string folder, bool trainable)
    {
        ModelKinds.Require(folder, ModelKind.SparseEncoder);
        var (modules, warnings) = ModuleList.Exists(folder) ? ModuleList.Load(folder, trainable) : ([MaskedLanguageModule.Load(folder, trainable), new SpladePoolingModule()], []);
        return modules[^1] is TransformerModule or PoolingModule or DenseModule or LayerNormModule or NormalizeModule
            ? throw new ModelFormatException(folder, $"the last module, {modules[^1]}, makes dense vectors; load the model as a SentenceTransformer, or name one that ends with SpladePooling, SparseStaticEmbedding or SparseAutoEncoder.")
            : !modules.Any(module => module.MakesSentenceEmbeddings)
            ? throw new ModelFormatException(folder, "no module makes one vector of a text; name one in modules.json, such as SpladePooling.")
            : new SparseEncoder(modules, SentenceTransformerConfig.Load(folder, SimilarityFunction.DotProduct)) { OwnWarnings = warnings };
    }

    private SparseEncodeOptions WithRoute(SparseEncodeOptions? options, string route, params ReadOnlySpan<string> names)
    {
        options ??= SparseEncodeOptions.Default;
        return Prompts.WithFirst(options with { Route = options.Route ?? route }, Config.Prompts, names);
    }
}
