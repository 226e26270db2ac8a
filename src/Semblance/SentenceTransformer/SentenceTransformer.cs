using Semblance.Chunking;
using Semblance.Modules;
using Semblance.Tensors;
using Semblance.Transformers;
using Semblance.Transformers.Images;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance;

/// <summary>
/// Sentences to vectors whose distance is distance in meaning (Reimers and Gurevych 2019, arXiv:1908.10084): a tokenizer,
/// a transformer, a pooling and what follows, as the model's folder says.
/// </summary>
/// <inheritdoc cref="Encoder{TSelf}" path="/remarks"/>
public sealed class SentenceTransformer : TextEncoder<SentenceTransformer, EncodeOptions, Embeddings, Embedding>, ILoadable<SentenceTransformer>
{
    /// <summary>Creates a model of modules.</summary>
    /// <param name="modules">The modules in order, an <see cref="InputModule"/> first, such as <see cref="TransformerModule"/>.</param>
    /// <param name="config">The prompts and the similarity function; null for the defaults.</param>
    /// <exception cref="ArgumentException">The first module takes no texts.</exception>
    public SentenceTransformer(IReadOnlyList<Module> modules, SentenceTransformerConfig? config = null)
        : this(modules, config ?? new SentenceTransformerConfig(), [])
    {
    }

    private SentenceTransformer(IReadOnlyList<Module> modules, SentenceTransformerConfig config, IReadOnlyList<string> warnings)
        : base(modules, warnings) => Config = config;

    /// <summary>Gets the prompts and the similarity function.</summary>
    public override SentenceTransformerConfig Config { get; }

    /// <summary>Gets the number of elements of a vector, unless <see cref="EncodeOptions.Dimensions"/> asks for another.</summary>
    public override int Dimension => Math.Min(FullDimension, Config.TruncateDimension ?? FullDimension);

    /// <summary>Gets the number of elements of a vector as the modules make it, which <see cref="SentenceTransformerConfig.TruncateDimension"/> may cut.</summary>
    public int FullDimension => Width;

    /// <summary>Gets whether the model makes a vector for each text; without pooling it makes one for each token.</summary>
    public bool MakesSentenceEmbeddings => Modules.Any(module => module.MakesSentenceEmbeddings);

    /// <inheritdoc/>
    public override ModelOutputKind OutputKind => ModelOutputKind.SentenceEmbeddings;

    static ModelKind ILoadable<SentenceTransformer>.Kind => ModelKind.SentenceTransformer;

    /// <summary>Loads the bundled default model, English and Chinese, which the package <c>Semblance.Models.Mini</c> puts beside the program.</summary>
    /// <exception cref="DirectoryNotFoundException">The program was built without that package.</exception>
    public static SentenceTransformer LoadDefault() => Load(DefaultModel.Folder);

    /// <summary>Runs texts through all modules inside a computation of the caller's, as training does.</summary>
    /// <param name="run">The computation; it owns the result.</param>
    /// <param name="texts">The texts. Those that are too long are truncated.</param>
    /// <param name="prompt">The text before each text.</param>
    /// <param name="route">The route of the texts, for a model with a router; null for its default.</param>
    /// <returns>The vectors, <c>[texts × dimension]</c>.</returns>
    /// <exception cref="InvalidOperationException">The model has no pooling.</exception>
    public Tensor Forward(Computation run, IReadOnlyList<string> texts, string prompt = "", string? route = null) =>
        Vectors(Through(run, Tokenize(texts, prompt, route)));

    /// <inheritdoc/>
    public override ModelOutput Forward(Computation run, ModelInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return new ModelOutput(Forward(run, input.Texts, input.Prompt, input.Route));
    }

    /// <inheritdoc/>
    public override LayerOutputs ForwardLayers(Computation run, ModelInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var transformer = Body ?? throw new NotSupportedException($"Outputs of earlier layers need a model that begins with a transformer; this one begins with {Modules[0].Type}.");
        var (texts, states) = (Tokenize(input.Texts, input.Prompt, input.Route), new List<Tensor>());
        transformer.Forward(run, texts.Batch, states);
        return new LayerOutputs(transformer.LayerCount, layer =>
        {
            var features = new Features(texts.Batch, texts.PromptLength) { Route = texts.Route, TokenEmbeddings = states[layer] };
            return new ModelOutput(Vectors(Through(run, features, Modules.Skip(1))));
        });
    }

    /// <summary>Encodes one text.</summary>
    /// <param name="text">The text to encode.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <returns>The vector.</returns>
    public float[] Encode(string text, EncodeOptions? options = null) => Encode([text], options)[0].ToArray();

    /// <summary>
    /// Divides a text into chunks that the model takes whole: at most <see cref="EncodeOptions.ChunkSize"/> tokens each, with the prompt, ending where a
    /// sentence ends, or else a word, or else a token. Together they are all of the text. Time grows with its length, memory does not.
    /// </summary>
    /// <param name="text">The text; any text will do.</param>
    /// <param name="options">Size, overlap, prompt and route; null for the defaults.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <returns>The chunks in order, made as they are asked for; one for a text that the model takes whole.</returns>
    /// <exception cref="ArgumentException">An option does not fit the model, or a chunk has no room beside the prompt.</exception>
    /// <exception cref="NotSupportedException">A size was asked for, and the model divides texts into words.</exception>
    public IEnumerable<Chunk> Chunks(string text, EncodeOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        options = Checked(options);
        return Chunker.Divide(Input.Entry(options.Route), text, Config.PromptOf(options), options, cancellationToken);
    }

    /// <summary>The chunks of a text with a vector for each: the very bits that <see cref="Chunk.Of"/> has as a text of its own.</summary>
    /// <inheritdoc cref="Chunks"/>
    public IEnumerable<ChunkEmbedding> EncodeChunks(string text, EncodeOptions? options = null, CancellationToken cancellationToken = default) =>
        ChunkedTexts.Encode(text, Chunks(text, options, cancellationToken), EncodeWhole(Checked(options), cancellationToken));

    /// <summary>The vectors of several images, in the same space as those of texts: for models that begin with CLIP.</summary>
    /// <param name="images">The images.</param>
    /// <param name="options">How to encode; of a prompt, a route and truncation images know nothing. Null for the defaults.</param>
    /// <param name="progress">Told after each batch.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <returns>The vectors; images have no tokens.</returns>
    /// <exception cref="NotSupportedException">The model takes texts only.</exception>
    /// <exception cref="ArgumentException">An option does not fit the model.</exception>
    public Embeddings EncodeImages(IReadOnlyList<RgbImage> images, EncodeOptions? options = null, IProgress<EncodeProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        var clip = Input as ClipModule ?? throw new NotSupportedException($"The model begins with {Input}, which takes no images; a CLIP model does.");
        options = Checked(options);
        var vectors = Tensor.Zeros(images.Count, options.Dimensions ?? Dimension);
        var maxThreads = Math.Min(options.MaxThreads ?? int.MaxValue, Workers.Shared.Count);
        var size = Math.Max(1, options.BatchTokens / (clip.Model.Vision.PatchCount + 1));
        var done = 0;
        Workers.Shared.For((images.Count + size - 1) / size, maxThreads, i =>
        {
            int[] batch = [.. Enumerable.Range(i * size, Math.Min(size, images.Count - (i * size)))];
            using var run = new Computation(maxThreads, cancellationToken: cancellationToken);
            var pixels = clip.Processor.Process([.. batch.Select(image => images[image])]);
            var features = new Features(new PackedBatch([], [], new int[batch.Length + 1], allowEmpty: true)) { Pixels = pixels };
            Finish(run, Through(run, features), batch, options, vectors);
            progress?.Report(new EncodeProgress(Interlocked.Add(ref done, batch.Length), images.Count));
        }, cancellationToken);
        return new Embeddings(vectors, new int[images.Count], new bool[images.Count]);
    }

    /// <summary>Encodes the tokens of several texts, as the modules before the pooling do.</summary>
    /// <param name="texts">The texts to encode.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <param name="progress">Receives progress after each batch.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <returns>For each text <c>[tokens × hidden]</c>, special tokens included.</returns>
    /// <exception cref="ArgumentException">An option does not fit the model, or a text is null.</exception>
    /// <exception cref="TextTooLongException">A text is too long and <see cref="Truncation.Error"/> was asked for.</exception>
    public IReadOnlyList<Tensor> EncodeTokens(IReadOnlyList<string> texts, EncodeOptions? options = null, IProgress<EncodeProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        options = Checked(options);
        if (options.Truncation == Truncation.Chunk)
        {
            throw new ArgumentException("Truncation.Chunk is for the vectors of texts, not of tokens; encode the tokens of each of the text's Chunks.", nameof(options));
        }

        var results = new Tensor[texts.Count];
        ForEachBatch(texts, options, progress, (run, features, batch) =>
        {
            Input.Forward(run, features);
            foreach (var module in Modules.Skip(1).TakeWhile(module => !module.MakesSentenceEmbeddings && features.SentenceEmbeddings is null))
            {
                module.Forward(run, features);
            }

            var tokens = features.TokenEmbeddings ?? throw new InvalidOperationException($"{Input} makes a vector for each text, none for its tokens.");
            for (var i = 0; i < batch.Length; i++)
            {
                var (start, count) = (features.Batch.Offsets[i], features.Batch.Length(i));
                results[batch[i]] = Tensor.From(tokens.Values.Slice(start * tokens.Columns, count * tokens.Columns), count, tokens.Columns);
            }
        }, cancellationToken);
        return results;
    }

    /// <inheritdoc/>
    public override Tensor Similarity(Embeddings a, Embeddings b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        return Semblance.Similarity.Matrix(a.Vectors, b.Vectors, Config.SimilarityFunction);
    }

    /// <summary>How alike the vectors of two sets are, the first to the first and so on, by the model's own similarity.</summary>
    /// <param name="a"><c>[rows × dimension]</c>.</param>
    /// <param name="b"><c>[rows × dimension]</c>.</param>
    public float[] PairwiseSimilarity(Embeddings a, Embeddings b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        return Semblance.Similarity.Pairwise(a.Vectors, b.Vectors, Config.SimilarityFunction);
    }

    static SentenceTransformer ILoadable<SentenceTransformer>.LoadFolder(string folder, bool trainable)
    {
        ModelKinds.Require(folder, ModelKind.SentenceTransformer);
        var (modules, warnings) = ModuleList.Load(folder, trainable);
        TransformerModule.RefuseTaskLengths(modules);
        return new SentenceTransformer(modules, SentenceTransformerConfig.Load(folder), warnings);
    }

    private protected override EncodeOptions Checked(EncodeOptions? options)
    {
        options = base.Checked(options);
        return options.Dimensions is { } dimensions && (dimensions < 1 || dimensions > FullDimension)
            ? throw new ArgumentOutOfRangeException(nameof(options), dimensions, $"The model's vectors have {FullDimension} elements; Dimensions must be from 1 to that.")
            : options;
    }

    private protected override Embeddings Run(IReadOnlyList<string> texts, EncodeOptions options, IProgress<EncodeProgress>? progress, CancellationToken cancellationToken)
    {
        var vectors = Tensor.Zeros(texts.Count, options.Dimensions ?? Dimension);
        if (options.Truncation == Truncation.Chunk)
        {
            // The mean of unit vectors is shorter than they are: where a model or an option makes them, it is made one again.
            var isUnit = options.Normalize || (vectors.Columns == FullDimension && Modules[^1] is NormalizeModule { OnTokens: false });
            var chunked = ChunkedTexts.From(Input.Entry(options.Route), texts, Config.PromptOf(options), options, cancellationToken);
            return chunked.Encode(EncodeWhole(options, cancellationToken), options.ChunkPooling, isUnit, vectors, progress);
        }

        var tokenized = ForEachBatch(texts, options, progress, (run, features, places) => Finish(run, Through(run, features), places, options, vectors), cancellationToken);
        return new Embeddings(vectors, tokenized.TokenCounts, tokenized.Truncated);
    }

    private protected override Embedding One(string text, Embeddings embeddings, int index) =>
        new(text, embeddings[index].ToArray(), embeddings.TokenCounts[index], embeddings.Truncated[index]);

    // What the options ask for of the vectors of a batch, which go to the places of its texts.
    private void Finish(Computation run, Features features, int[] places, EncodeOptions options, Tensor vectors)
    {
        var result = features.SentenceEmbeddings ?? throw new InvalidOperationException("The model has no pooling, so it makes no sentence vectors; use EncodeTokens.");
        if (vectors.Columns < FullDimension)
        {
            result = run.FirstColumns(result, vectors.Columns);
        }

        if (options.Normalize)
        {
            result = run.Normalize(result);
        }

        for (var i = 0; i < places.Length; i++)
        {
            if (!TensorPrimitives.IsFiniteAll(result.Row(i)))
            {
                throw new ModelFormatException("model", $"the vector of text {places[i]} is not finite; are the model's weights damaged?");
            }

            result.Row(i).CopyTo(vectors.Writable.Slice(places[i] * vectors.Columns, vectors.Columns));
        }
    }

    // Chunks as texts of their own.
    private Func<IReadOnlyList<string>, Embeddings> EncodeWhole(EncodeOptions options, CancellationToken cancellationToken) =>
        chunks => Encode(chunks, options with { Truncation = Truncation.Cut }, null, cancellationToken);

    private static Tensor Vectors(Features features) =>
        features.SentenceEmbeddings ?? throw new InvalidOperationException("The model has no pooling, so it makes no sentence vectors.");
}
