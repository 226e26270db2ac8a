using System.Runtime.CompilerServices;

namespace Semblance;

/// <summary>
/// Represents an index of texts: an index of vectors with the model that encodes its documents and its queries, with the prompts and the
/// division into passages that the index was built with.
/// </summary>
/// <example><code>
/// var settings = TextIndexSettings.Of(model, new EncodeOptions { Truncation = Truncation.Chunk });
/// var records = TextIndex.EncodeAsync(model, documents, settings);
/// using var built = await HnswIndex.BuildAsync("my-index", records, new HnswOptions { Attributes = settings.ToAttributes() });
/// var hits = await new TextIndex(built, model).SearchAsync(["How can I change my password?"]);
/// </code></example>
public sealed class TextIndex
{
    /// <summary>Initializes a new instance of the <see cref="TextIndex"/> class.</summary>
    /// <param name="index">The index, which its caller disposes.</param>
    /// <param name="model">The model that the index was built with.</param>
    /// <exception cref="IndexModelException">The index was built with another model.</exception>
    public TextIndex(IVectorIndex index, SentenceTransformer model)
    {
        ArgumentNullException.ThrowIfNull(index);
        ArgumentNullException.ThrowIfNull(model);
        (Index, Model, Settings) = (index, model, TextIndexSettings.Of(index));
        var built = Settings.Model is { } name
            ? $"the model '{name}'{(Settings.Revision is { } revision ? $" (revision {revision})" : "")}"
            : "another model";
        if (model.Dimension != index.Dimension)
        {
            throw new IndexModelException(
                $"The index has vectors of dimension {index.Dimension}, of {built}, but the given model computes vectors of dimension "
                + $"{model.Dimension}; use the model of the index, or build the index again.");
        }

        if (Settings.Probe is { } probe && !ModelProbe.Agree(probe, ModelProbe.Of(model)))
        {
            throw new IndexModelException(
                $"The index was built with {built}, and the given model computes other vectors of the same dimension; use the model of the "
                + "index, or build the index again.");
        }
    }

    /// <summary>Gets the index.</summary>
    public IVectorIndex Index { get; }

    /// <summary>Gets the model.</summary>
    public SentenceTransformer Model { get; }

    /// <summary>Gets the settings that the index was built with.</summary>
    public TextIndexSettings Settings { get; }

    /// <summary>Gets warnings, such as that an earlier version built the index and did not record its model.</summary>
    public IReadOnlyList<string> Warnings => Settings.Probe is null
        ? ["the index does not record the model that encoded its vectors, so it cannot be checked; build the index again to record it."]
        : [];

    /// <summary>Encodes documents for a new index: a record for each, or for each passage with <see cref="Truncation.Chunk"/>.</summary>
    /// <param name="model">The model.</param>
    /// <param name="documents">The documents: ids, texts and labels.</param>
    /// <param name="settings">The settings of the index.</param>
    /// <param name="options">
    /// The batch size, number of threads and counter; <see langword="null"/> for the defaults. Prompt and truncation are those of the
    /// settings.
    /// </param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <returns>The records with their vectors, in order and in bounded memory.</returns>
    /// <exception cref="TextTooLongException">A text is too long and the settings have <see cref="Truncation.Error"/>.</exception>
    public static async IAsyncEnumerable<VectorRecord> EncodeAsync(
        SentenceTransformer model, IAsyncEnumerable<VectorRecord> documents, TextIndexSettings settings, EncodeOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(documents);
        ArgumentNullException.ThrowIfNull(settings);
        options = model.DocumentOptions((options ?? EncodeOptions.Default) with { Prompt = settings.DocumentPrompt, PromptName = null });
        var hasPassages = settings.Truncation == Truncation.Chunk;
        var chunking = options with { ChunkSize = settings.ChunkSize, ChunkOverlap = settings.ChunkOverlap };
        options = options with { Truncation = hasPassages ? Truncation.Cut : settings.Truncation };
        var waiting = new Queue<VectorRecord>(); // records are read ahead
        await foreach (var embedding in model.EncodeAsync(Texts(), options, cancellationToken).ConfigureAwait(false))
        {
            yield return waiting.Dequeue() with { Vector = embedding.Vector };
        }

        async IAsyncEnumerable<string> Texts()
        {
            await foreach (var document in documents.WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                var text = document.Text
                    ?? throw new ArgumentException(
                        $"The record '{StoredText.Escaped(document.Id)}' has no text to encode.", nameof(documents));
                foreach (var record in hasPassages
                    ? DocumentPassages.Of(document, model.Chunks(text, chunking, cancellationToken))
                    : [document])
                {
                    waiting.Enqueue(record);
                    yield return record.Text!;
                }
            }
        }
    }

    /// <summary>Adds documents, or replaces those with the same ids.</summary>
    /// <param name="documents">The documents: ids, texts and labels.</param>
    /// <param name="options">The batch size, number of threads and counter; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">The token that cancels the operation between two batches; earlier batches stay written.</param>
    /// <returns>The number of documents written.</returns>
    public Task<long> UpsertAsync(
        IAsyncEnumerable<VectorRecord> documents, EncodeOptions? options = null, CancellationToken cancellationToken = default) =>
        Index.UpsertDocumentsAsync(
            EncodeAsync(Model, documents, Settings, options, cancellationToken), cancellationToken: cancellationToken);

    /// <summary>Encodes queries with the prompt that the index was built for.</summary>
    /// <param name="queries">The queries.</param>
    /// <param name="options">The encoding options, whose prompt, if it is set, replaces that of the index.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <returns>The vectors, in the order of the queries.</returns>
    public Embeddings EncodeQueries(
        IReadOnlyList<string> queries, EncodeOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= EncodeOptions.Default;
        var hasPrompt = options.Prompt is not null || options.PromptName is not null || Settings.Probe is null;
        return Model.EncodeQuery(
            queries, hasPrompt ? options : options with { Prompt = Settings.QueryPrompt }, null, cancellationToken);
    }

    /// <summary>Searches for several queries and returns the best documents of each, every document once, with its best passage.</summary>
    /// <param name="queries">The queries.</param>
    /// <param name="options">The search options; <see langword="null"/> for the 10 best documents.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <returns>The documents of each query in descending order of score.</returns>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public Task<IReadOnlyList<DocumentHit>[]> SearchAsync(
        IReadOnlyList<string> queries, VectorQuery? options = null, CancellationToken cancellationToken = default) =>
        Index.SearchDocumentsAsync(EncodeQueries(queries, null, cancellationToken).Vectors, options, cancellationToken: cancellationToken);
}
