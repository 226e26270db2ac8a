using Semblance.Chunking;
using Semblance.Modules;
using Semblance.Tensors;
using Semblance.Transformers;
using Semblance.Transformers.Images;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance;

/// <summary>
/// Represents a model that computes embeddings of sentences, such that similar sentences have similar vectors (Reimers and Gurevych 2019,
/// arXiv:1908.10084): a tokenizer, a transformer, a pooling and any further modules that the model's folder lists.
/// </summary>
/// <inheritdoc cref="Encoder{TSelf}" path="/remarks"/>
public sealed class SentenceTransformer : TextEncoder<SentenceTransformer, EncodeOptions, Embeddings, Embedding>,
    ILoadable<SentenceTransformer>
{
    /// <summary>Initializes a new instance of the <see cref="SentenceTransformer"/> class from modules.</summary>
    /// <param name="modules">The modules in order, an <see cref="InputModule"/> first, such as <see cref="TransformerModule"/>.</param>
    /// <param name="config">The prompts and the similarity function; null for the defaults.</param>
    /// <exception cref="ArgumentException">The first module does not accept texts.</exception>
    public SentenceTransformer(IReadOnlyList<Module> modules, SentenceTransformerConfig? config = null)
        : this(modules, config ?? new SentenceTransformerConfig(), [])
    {
    }

    private SentenceTransformer(IReadOnlyList<Module> modules, SentenceTransformerConfig config, IReadOnlyList<string> warnings)
        : base(modules, warnings) => Config = config;

    /// <summary>Gets the prompts and the similarity function.</summary>
    public override SentenceTransformerConfig Config { get; }

    /// <summary>Gets the number of elements of a vector, unless <see cref="EncodeOptions.Dimensions"/> is set.</summary>
    public override int Dimension => Math.Min(FullDimension, Config.TruncateDimension ?? FullDimension);

    /// <summary>
    /// Gets the number of elements of a vector as the modules compute it, before <see cref="SentenceTransformerConfig.TruncateDimension"/>
    /// is applied.
    /// </summary>
    public int FullDimension => Width;

    /// <summary>
    /// Gets a value that indicates whether the model computes a vector for each text; without pooling it computes one for each token.
    /// </summary>
    public bool MakesSentenceEmbeddings => Modules.Any(module => module.MakesSentenceEmbeddings);

    /// <inheritdoc/>
    public override ModelOutputKind OutputKind => ModelOutputKind.SentenceEmbeddings;

    static ModelKind ILoadable<SentenceTransformer>.Kind => ModelKind.SentenceTransformer;

    /// <summary>Loads the bundled default model for English and Chinese, which the package <c>Semblance.Models.Mini</c> provides.</summary>
    /// <param name="compute">The number format of the products with weights; <see cref="ComputeType.Float32"/> by default.</param>
    /// <exception cref="DirectoryNotFoundException">The program was built without that package.</exception>
    public static SentenceTransformer LoadDefault(ComputeType compute = ComputeType.Float32) => Load(DefaultModel.Folder, compute);

    /// <summary>Computes the vectors of texts with all modules inside a given computation, as in training.</summary>
    /// <param name="run">The computation, which owns the result.</param>
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
        var transformer = Body ?? throw new NotSupportedException(
            $"Outputs of earlier layers need a model that begins with a transformer; this one begins with {Modules[0].Type}.");
        var (texts, states) = (Tokenize(input.Texts, input.Prompt, input.Route), new List<Tensor>());
        var batch = transformer.WithVirtualTokens(run, texts.Batch);
        transformer.Forward(run, batch, states);
        return new LayerOutputs(transformer.LayerCount, layer =>
        {
            var features = new Features(batch, texts.PromptLength) { Route = texts.Route, TokenEmbeddings = states[layer] };
            return new ModelOutput(Vectors(Through(run, features, Modules.Skip(1))));
        });
    }

    /// <summary>Encodes one text.</summary>
    /// <param name="text">The text to encode.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <returns>The vector.</returns>
    public float[] Encode(string text, EncodeOptions? options = null) => Encode([text], options)[0].ToArray();

    /// <summary>
    /// Divides a text into chunks that fit the maximum sequence length: at most <see cref="EncodeOptions.ChunkSize"/> tokens each, with the
    /// prompt. A chunk ends at the end of a sentence, or else of a word, or else of a token. Together the chunks cover all of the text. The
    /// time is linear in its length; the memory is constant.
    /// </summary>
    /// <param name="text">The text, of any length.</param>
    /// <param name="options">The size, overlap, prompt and route; null for the defaults.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <returns>The chunks in order, computed on demand; one chunk for a text that fits the maximum sequence length.</returns>
    /// <exception cref="ArgumentException">An option does not fit the model, or the prompt leaves no room in a chunk.</exception>
    /// <exception cref="NotSupportedException">A chunk size is set, and the model divides texts into words.</exception>
    public IEnumerable<Chunk> Chunks(string text, EncodeOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        options = Checked(options);
        return Chunker.Divide(Input.Entry(options.Route), text, Config.PromptOf(options), options, cancellationToken);
    }

    /// <summary>
    /// Encodes the chunks of a text. Each vector has the same bits as that of <see cref="Chunk.Of"/> encoded as a text of its own.
    /// </summary>
    /// <inheritdoc cref="Chunks"/>
    public IEnumerable<ChunkEmbedding> EncodeChunks(
        string text, EncodeOptions? options = null, CancellationToken cancellationToken = default) =>
        ChunkedTexts.Encode(text, Chunks(text, options, cancellationToken), EncodeWhole(Checked(options), cancellationToken));

    /// <summary>Encodes images into the same vector space as texts, for models that begin with CLIP.</summary>
    /// <param name="images">The images to encode.</param>
    /// <param name="options">The options, whose prompt, route and truncation do not apply to images; null for the defaults.</param>
    /// <param name="progress">Receives progress after each batch.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <returns>The vectors; images have no tokens.</returns>
    /// <exception cref="NotSupportedException">The model supports texts only.</exception>
    /// <exception cref="ArgumentException">An option does not fit the model.</exception>
    public Embeddings EncodeImages(IReadOnlyList<RgbImage> images, EncodeOptions? options = null,
        IProgress<EncodeProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        var clip = Input as ClipModule
            ?? throw new NotSupportedException($"The model begins with {Input}, which takes no images; load a CLIP model.");
        options = Checked(options);
        var vectors = Tensor.Zeros(images.Count, options.Dimensions ?? Dimension);
        var maxThreads = Math.Min(options.MaxThreads ?? int.MaxValue, Workers.Shared.Count);
        var size = Math.Max(1, options.BatchTokens / (clip.Model.Vision.PatchCount + 1));
        var done = 0;
        Workers.Shared.For((images.Count + size - 1) / size, maxThreads, i =>
        {
            int[] batch = [.. Enumerable.Range(i * size, Math.Min(size, images.Count - (i * size)))];
            using var run = new Computation(maxThreads, compute: Compute, cancellationToken: cancellationToken)
            {
                Wrappers = options.Adapter?.Wrappers,
            };
            var pixels = clip.Processor.Process([.. batch.Select(image => images[image])]);
            var features = new Features(new PackedBatch([], [], new int[batch.Length + 1], allowEmpty: true)) { Pixels = pixels };
            Finish(run, Through(run, features), batch, options, vectors);
            progress?.Report(new EncodeProgress(Interlocked.Add(ref done, batch.Length), images.Count));
        }, cancellationToken);
        return new Embeddings(vectors, new int[images.Count], new bool[images.Count]);
    }

    /// <summary>Encodes the tokens of several texts, with the modules before the pooling.</summary>
    /// <param name="texts">The texts to encode.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <param name="progress">Receives progress after each batch.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <returns>The token vectors of each text, <c>[tokens × hidden size]</c>, special tokens included.</returns>
    /// <exception cref="ArgumentException">An option does not fit the model, or a text is null.</exception>
    /// <exception cref="TextTooLongException">A text is too long and <see cref="Truncation.Error"/> is set.</exception>
    public IReadOnlyList<Tensor> EncodeTokens(IReadOnlyList<string> texts, EncodeOptions? options = null,
        IProgress<EncodeProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        options = Checked(options);
        return options.Truncation == Truncation.Chunk
            ? throw new ArgumentException(
                "Truncation.Chunk is for the vectors of texts, not of tokens; encode the tokens of each of the text's Chunks.",
                nameof(options))
            : RunTokens(Tokenize(texts, Config.PromptOf(options), options, cancellationToken), options, progress, cancellationToken);
    }

    /// <summary>
    /// Encodes the tokens of texts that <see cref="TextEncoder{TSelf, TOptions, TEmbeddings, TEmbedding}.Tokenize(string, TOptions)"/> has
    /// tokenized.
    /// </summary>
    /// <param name="texts">The tokenized texts.</param>
    /// <param name="options">The options that the texts were tokenized with.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <returns>The token vectors of each text, <c>[tokens × hidden size]</c>, special tokens included.</returns>
    /// <exception cref="ArgumentException">A token id is not in the vocabulary, or a text is too long.</exception>
    public IReadOnlyList<Tensor> EncodeTokens(
        IReadOnlyList<TokenizedText> texts, EncodeOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(texts);
        options = Checked(options);
        return RunTokens(TokenizedTexts.Of(texts, Input.Entry(options.Route), options), options, null, cancellationToken);
    }

    /// <inheritdoc/>
    public override Tensor Similarity(Embeddings a, Embeddings b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        return Semblance.Similarity.Matrix(a.Vectors, b.Vectors, Config.SimilarityFunction);
    }

    /// <summary>
    /// Computes the similarity of each text of one set to the text at the same index of another, with the model's similarity function.
    /// </summary>
    /// <param name="a">The first vectors, <c>[rows × dimension]</c>.</param>
    /// <param name="b">The second vectors, <c>[rows × dimension]</c>.</param>
    /// <returns>The scores, one for each row.</returns>
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
            ? throw new ArgumentOutOfRangeException(nameof(options), dimensions,
                $"The model's vectors have {FullDimension} elements; Dimensions must be from 1 to that.")
            : options;
    }

    private protected override Embeddings RunTexts(
        IReadOnlyList<string> texts, EncodeOptions options, IProgress<EncodeProgress>? progress, CancellationToken cancellationToken)
    {
        if (options.Truncation != Truncation.Chunk)
        {
            return base.RunTexts(texts, options, progress, cancellationToken);
        }

        // The mean of unit vectors is shorter than 1, so it is normalized again if a model or an option normalizes.
        var vectors = Tensor.Zeros(texts.Count, options.Dimensions ?? Dimension);
        var isUnit = options.Normalize || (vectors.Columns == FullDimension && Modules[^1] is NormalizeModule { OnTokens: false });
        var chunked = ChunkedTexts.From(Input.Entry(options.Route), texts, Config.PromptOf(options), options, cancellationToken);
        var embeddings = chunked.Encode(EncodeWhole(options, cancellationToken), options.ChunkPooling, isUnit, vectors, progress);
        options.Counter?.Add(embeddings.TokenCounts, embeddings.Truncated, MaxSequenceLength);
        return embeddings;
    }

    private protected override Embeddings Run(
        TokenizedTexts texts, EncodeOptions options, IProgress<EncodeProgress>? progress, CancellationToken cancellationToken)
    {
        var vectors = Tensor.Zeros(texts.Count, options.Dimensions ?? Dimension);
        ForEachBatch(texts, options, progress,
            (run, features, indices) => Finish(run, Through(run, features), indices, options, vectors), cancellationToken);
        return new Embeddings(vectors, texts.TokenCounts, texts.Truncated);
    }

    private Tensor[] RunTokens(
        TokenizedTexts texts, EncodeOptions options, IProgress<EncodeProgress>? progress, CancellationToken cancellationToken)
    {
        var results = new Tensor[texts.Count];
        ForEachBatch(texts, options, progress, (run, features, batch) =>
        {
            Input.Forward(run, features);
            foreach (var module in Modules.Skip(1)
                .TakeWhile(module => !module.MakesSentenceEmbeddings && features.SentenceEmbeddings is null))
            {
                module.Forward(run, features);
            }

            var tokens = features.TokenEmbeddings
                ?? throw new InvalidOperationException($"{Input} computes a vector for each text, none for its tokens.");
            for (var i = 0; i < batch.Length; i++)
            {
                var (start, count) = (features.Batch.Offsets[i], features.Batch.Length(i));
                results[batch[i]] = Tensor.From(tokens.Values.Slice(start * tokens.Columns, count * tokens.Columns), count, tokens.Columns);
            }
        }, cancellationToken);
        return results;
    }

    private protected override Embedding One(string text, Embeddings embeddings, int index) =>
        new(text, embeddings[index].ToArray(), embeddings.TokenCounts[index], embeddings.Truncated[index]);

    // Applies the options to the vectors of a batch and stores them at the indices of its texts.
    private void Finish(Computation run, Features features, int[] indices, EncodeOptions options, Tensor vectors)
    {
        var result = features.SentenceEmbeddings
            ?? throw new InvalidOperationException("The model has no pooling, so it computes no sentence vectors; use EncodeTokens.");
        if (vectors.Columns < FullDimension)
        {
            result = run.FirstColumns(result, vectors.Columns);
        }

        if (options.Normalize)
        {
            result = run.Normalize(result);
        }

        for (var i = 0; i < indices.Length; i++)
        {
            if (!TensorPrimitives.IsFiniteAll(result.Row(i)))
            {
                throw new ModelFormatException("model", $"the vector of text {indices[i]} is not finite; are the model's weights damaged?");
            }

            result.Row(i).CopyTo(vectors.Writable.Slice(indices[i] * vectors.Columns, vectors.Columns));
        }
    }

    // Encodes chunks as texts of their own.
    private Func<IReadOnlyList<string>, Embeddings> EncodeWhole(EncodeOptions options, CancellationToken cancellationToken) =>
        chunks => Encode(chunks, options with { Truncation = Truncation.Cut, Counter = null }, null, cancellationToken);

    private static Tensor Vectors(Features features) =>
        features.SentenceEmbeddings ?? throw new InvalidOperationException("The model has no pooling, so it computes no sentence vectors.");
}
