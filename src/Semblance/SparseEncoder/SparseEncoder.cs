using Semblance.Modules;
using Semblance.Tensors;
using Semblance.Transformers;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance;

/// <summary>
/// Represents a model that computes sparse vectors of texts, with a weight for each token of the vocabulary (SPLADE: Formal et al. 2021,
/// arXiv:2109.10086). An inverted index can search them, and the tokens make them interpretable.
/// </summary>
/// <inheritdoc cref="Encoder{TSelf}" path="/remarks"/>
public sealed class SparseEncoder : TextEncoder<SparseEncoder, SparseEncodeOptions, SparseEmbeddings, SparseEmbedding>,
    ILoadable<SparseEncoder>
{
    /// <summary>Initializes a new instance of the <see cref="SparseEncoder"/> class from modules.</summary>
    /// <param name="modules">
    /// The modules in order, such as a <see cref="MaskedLanguageModule"/> and a <see cref="SpladePoolingModule"/>.
    /// </param>
    /// <param name="config">The prompts and the similarity function; null for no prompts and the dot product.</param>
    /// <exception cref="ArgumentException">The first module does not accept texts.</exception>
    public SparseEncoder(IReadOnlyList<Module> modules, SentenceTransformerConfig? config = null)
        : this(modules, config ?? new SentenceTransformerConfig { SimilarityFunction = SimilarityFunction.DotProduct }, [])
    {
    }

    private SparseEncoder(IReadOnlyList<Module> modules, SentenceTransformerConfig config, IReadOnlyList<string> warnings)
        : base(modules, warnings) => Config = config;

    /// <summary>Gets the prompts and the similarity function.</summary>
    public override SentenceTransformerConfig Config { get; }

    /// <inheritdoc/>
    public override ModelOutputKind OutputKind => ModelOutputKind.SentenceEmbeddings;

    static ModelKind ILoadable<SparseEncoder>.Kind => ModelKind.SparseEncoder;

    /// <summary>Computes the vectors of texts with all modules inside a given computation, as in training.</summary>
    /// <param name="run">The computation, which owns the result.</param>
    /// <param name="texts">The texts. Those that are too long are truncated.</param>
    /// <param name="prompt">The text before each text.</param>
    /// <param name="route">The route of the texts, for a model with a router; null for its default.</param>
    /// <returns>The dense form of the vectors, <c>[texts × dimension]</c>.</returns>
    /// <exception cref="InvalidOperationException">No module computes one vector for a text.</exception>
    public Tensor Forward(Computation run, IReadOnlyList<string> texts, string prompt = "", string? route = null) =>
        Vectors(run, Tokenize(texts, prompt, route));

    /// <inheritdoc/>
    public override ModelOutput Forward(Computation run, ModelInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var features = Tokenize(input.Texts, input.Prompt, input.Route);
        return new ModelOutput(Vectors(run, features)) { Reconstruction = features.Reconstruction };
    }

    /// <summary>Encodes one text.</summary>
    /// <param name="text">The text to encode.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <returns>The vector.</returns>
    public SparseVector Encode(string text, SparseEncodeOptions? options = null) => Encode([text], options)[0];

    /// <inheritdoc/>
    public override Tensor Similarity(SparseEmbeddings a, SparseEmbeddings b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        return SparseSimilarity.Matrix(a.Vectors, b.Vectors, Config.SimilarityFunction);
    }

    /// <summary>Returns the tokens of a vector with their weights, in descending order.</summary>
    /// <param name="vector">A vector of this model.</param>
    /// <param name="topK">The number of tokens, at least 1; null for all.</param>
    /// <returns>The tokens.</returns>
    /// <exception cref="ArgumentException">The vector has another dimension than those of the model.</exception>
    public IReadOnlyList<TokenWeight> Decode(SparseVector vector, int? topK = null)
    {
        ArgumentNullException.ThrowIfNull(vector);
        ArgumentOutOfRangeException.ThrowIfLessThan(topK ?? 1, 1, nameof(topK));
        var tokenizer = Tokenizer;
        return vector.Dimension == Dimension
            ? [.. vector.Order(topK).Select(i => (Id: vector.Indices.Span[i], Weight: vector.Values.Span[i]))
                .Select(element => new TokenWeight(tokenizer.IdToToken(element.Id) ?? $"[{element.Id}]", element.Weight))]
            : throw new ArgumentException($"The vector has {vector.Dimension} dimensions, but those of the model have {Dimension}.",
                nameof(vector));
    }

    // As in the original, a masked language model without modules.json gets SPLADE pooling.
    static SparseEncoder ILoadable<SparseEncoder>.LoadFolder(string folder, bool trainable)
    {
        ModelKinds.Require(folder, ModelKind.SparseEncoder);
        var (modules, warnings) = ModuleList.Exists(folder)
            ? ModuleList.Load(folder, trainable)
            : ([MaskedLanguageModule.Load(folder, trainable), new SpladePoolingModule()], []);
        return modules[^1] is TransformerModule or PoolingModule or DenseModule or LayerNormModule or NormalizeModule
            ? throw new ModelFormatException(folder, $"the last module, {modules[^1]}, computes dense vectors; load the model as a "
                + "SentenceTransformer, or name one that ends with SpladePooling, SparseStaticEmbedding or SparseAutoEncoder.")
            : !modules.Any(module => module.MakesSentenceEmbeddings)
            ? throw new ModelFormatException(folder,
                "no module computes one vector for a text; name one in modules.json, such as SpladePooling.")
            : new SparseEncoder(modules, SentenceTransformerConfig.Load(folder, SimilarityFunction.DotProduct), warnings);
    }

    private protected override SparseEmbeddings Run(
        TokenizedTexts texts, SparseEncodeOptions options, IProgress<EncodeProgress>? progress, CancellationToken cancellationToken)
    {
        var vectors = new SparseVector[texts.Count];
        ForEachBatch(texts, options, progress, (run, features, indices) =>
        {
            features.MaxActiveDimensions = options.MaxActiveDimensions;
            var rows = Vectors(run, features);
            for (var i = 0; i < indices.Length; i++)
            {
                var row = rows.Row(i);
                if (!TensorPrimitives.IsFiniteAll(row))
                {
                    throw new ModelFormatException("model",
                        $"the vector of text {indices[i]} is not finite; are the model's weights damaged?");
                }

                var vector = SparseVector.From(row);
                vectors[indices[i]] = options.MaxActiveDimensions is { } count ? vector.Largest(count) : vector;
            }
        }, cancellationToken);
        return new SparseEmbeddings(Dimension, vectors, texts.TokenCounts, texts.Truncated);
    }

    private protected override SparseEmbedding One(string text, SparseEmbeddings embeddings, int index) =>
        new(text, embeddings[index], embeddings.TokenCounts[index], embeddings.Truncated[index]);

    private Tensor Vectors(Computation run, Features features) =>
        Through(run, features).SentenceEmbeddings
            ?? throw new InvalidOperationException("The model has no module that computes one vector for a text, such as SpladePooling.");
}
