using Semblance.Modules;
using Semblance.Tensors;
using Semblance.Transformers;

namespace Semblance;

/// <summary>
/// Represents a model that reranks texts by their relevance to a query: a cross-encoder, a late-interaction model, or the token vectors of
/// a sentence encoder.
/// </summary>
public sealed class Reranker
{
    // Of the token vectors of a sentence encoder, trained for late interaction or not, measured with the default model.
    private const double TokenVectorsWeight = 1;

    private readonly CrossEncoder? _crossEncoder;
    private readonly MultiVectorEncoder? _multiVector;

    /// <summary>Initializes a new instance of the <see cref="Reranker"/> class from a cross-encoder.</summary>
    /// <param name="model">The model, which has one label.</param>
    /// <exception cref="ArgumentException">The model has several labels.</exception>
    public Reranker(CrossEncoder model)
    {
        ArgumentNullException.ThrowIfNull(model);
        _crossEncoder = model.Labels.Count == 1 ? model : throw new ArgumentException(Several(model), nameof(model));
        Warnings = model.Warnings;
    }

    /// <summary>Initializes a new instance of the <see cref="Reranker"/> class from a late-interaction model.</summary>
    /// <param name="model">The model.</param>
    public Reranker(MultiVectorEncoder model)
        : this(model, model?.Warnings!)
    {
    }

    private Reranker(MultiVectorEncoder model, IReadOnlyList<string> warnings)
    {
        ArgumentNullException.ThrowIfNull(model);
        (_multiVector, Warnings) = (model, warnings);
    }

    /// <summary>Gets the warnings that were found in the model's files.</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>
    /// Gets the weight of the first ranking behind which the model reranks (<see cref="RetrieveAndRerank.RetrieverWeight"/>): 0 by default,
    /// so that the model alone orders the texts; 1 after <see cref="Load"/> for the token vectors or the head of a sentence encoder.
    /// </summary>
    public double RetrieverWeight { get; init; }

    /// <summary>Loads the model of a folder; of a sentence encoder with a late-interaction head, the head.</summary>
    /// <param name="folder">The folder of the model.</param>
    /// <param name="compute">The number format of the products with weights; <see cref="ComputeType.Float32"/> by default.</param>
    /// <returns>The reranker.</returns>
    /// <exception cref="ModelFormatException">A file is damaged, or the model cannot rerank.</exception>
    public static Reranker Load(string folder, ComputeType compute = ComputeType.Float32)
    {
        switch (MultiVectorHead.Exists(folder) ? ModelKind.MultiVectorEncoder : ModelKinds.Of(folder))
        {
            case ModelKind.CrossEncoder:
                var crossEncoder = CrossEncoder.Load(folder, compute);
                return crossEncoder.Labels.Count == 1
                    ? new Reranker(crossEncoder)
                    : throw new ModelFormatException(folder, Several(crossEncoder));
            case ModelKind.MultiVectorEncoder:
                return new Reranker(MultiVectorEncoder.Load(folder, compute))
                {
                    RetrieverWeight = MultiVectorHead.Exists(folder) ? TokenVectorsWeight : 0,
                };
            case ModelKind.SentenceTransformer or ModelKind.SequenceToSequenceModel:
                var model = SentenceTransformer.Load(folder, compute);
                return model.Modules[0] is TransformerModule
                    ? new Reranker(MultiVectorEncoder.Of(model), model.Warnings) { RetrieverWeight = TokenVectorsWeight }
                    : throw new ModelFormatException(
                        folder,
                        $"the model begins with {model.Modules[0]}, so it has no token vectors to rank with; name a cross-encoder, a " +
                        "late-interaction model or a transformer.");
            case var kind:
                throw new ModelFormatException(
                    folder,
                    $"the model is a {kind}, which does not rank; name a cross-encoder, a late-interaction model or a sentence encoder.");
        }
    }

    /// <summary>Orders texts by their relevance to a query.</summary>
    /// <param name="query">The query.</param>
    /// <param name="documents">The texts.</param>
    /// <param name="topK">The maximum number of texts to return; <see langword="null"/> for all.</param>
    /// <param name="options">The batch size, threads and query prompt; <see langword="null"/> for the defaults.</param>
    /// <param name="progress">Receives progress after each batch.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <returns>The texts with their scores, in descending order of score.</returns>
    public RankedDocument[] Rank(
        string query,
        IReadOnlyList<string> documents,
        int? topK = null,
        TextOptions? options = null,
        IProgress<EncodeProgress>? progress = null,
        CancellationToken cancellationToken = default) =>
        _crossEncoder is not null
            ? _crossEncoder.Rank(query, documents, topK, Apply(options, PredictOptions.Default), progress, cancellationToken)
            : _multiVector!.Rank(query, documents, topK, Apply(options, MultiVectorEncodeOptions.Default), progress, cancellationToken);

    /// <summary>Creates a search in two stages: a retriever finds candidates, and the model reranks them.</summary>
    /// <param name="retriever">The retriever that finds the candidates.</param>
    /// <param name="corpus">The texts that the retriever searches, in the same order.</param>
    /// <param name="candidates">The number of candidates per query.</param>
    /// <param name="options">The batch size, threads and query prompt; <see langword="null"/> for the defaults.</param>
    /// <returns>The search.</returns>
    /// <exception cref="ArgumentException">The corpus does not have as many texts as the retriever.</exception>
    public RetrieveAndRerank Behind(
        IRetriever retriever,
        IReadOnlyList<string> corpus,
        int candidates = RetrieveAndRerank.DefaultCandidates,
        TextOptions? options = null) =>
        _crossEncoder is not null
            ? new(retriever, corpus, _crossEncoder, Apply(options, PredictOptions.Default))
            { Candidates = candidates, RetrieverWeight = RetrieverWeight }
            : new(retriever, corpus, _multiVector!, Apply(options, MultiVectorEncodeOptions.Default))
            { Candidates = candidates, RetrieverWeight = RetrieverWeight };

    private static string Several(CrossEncoder model) =>
        $"the model has {model.Labels.Count} labels, so no score ranks the texts; use a model with one label.";

    private static TOptions Apply<TOptions>(TextOptions? options, TOptions usual)
        where TOptions : TextOptions => options is null ? usual : options as TOptions ?? usual with
        {
            Prompt = options.Prompt,
            PromptName = options.PromptName,
            Route = options.Route,
            Truncation = options.Truncation,
            BatchTokens = options.BatchTokens,
            MaxThreads = options.MaxThreads,
            Counter = options.Counter,
        };
}
