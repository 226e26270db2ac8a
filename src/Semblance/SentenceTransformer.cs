using System.Text;
using Semblance.Checkpoints;
using Semblance.Chunking;
using Semblance.Modules;
using Semblance.Tensors;
using Semblance.Tokenizers;
using Semblance.Transformers;
using Semblance.Transformers.Images;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance;

/// <summary>
/// Sentences to vectors whose distance is distance in meaning (Reimers and Gurevych 2019, arXiv:1908.10084): a tokenizer,
/// a transformer, a pooling and what follows, as the model's folder says.
/// </summary>
/// <remarks>
/// Immutable, and safe for all threads. A text's vector has the same bits alone, in any batch, in any order and with any
/// number of threads.
/// </remarks>
public sealed class SentenceTransformer : ITrainableModel
{
    private readonly ModulePipeline _pipeline;

    /// <summary>Puts modules together.</summary>
    /// <param name="modules">The modules in order, an <see cref="InputModule"/> first, such as <see cref="TransformerModule"/>.</param>
    /// <param name="config">Prompts and similarity; null for the defaults.</param>
    /// <exception cref="ArgumentException">The first module takes no texts.</exception>
    public SentenceTransformer(IReadOnlyList<Module> modules, SentenceTransformerConfig? config = null)
    {
        ArgumentNullException.ThrowIfNull(modules);
        _pipeline = new ModulePipeline(modules);
        Modules = modules;
        Config = config ?? new SentenceTransformerConfig();
        var last = ModulePipeline.OutputDimension(modules, 0); // of token vectors, where a module behind the pooling makes others
        FullDimension = ModuleFit.SentenceWidth(modules) ?? last;
        Dimension = Math.Min(FullDimension, Config.TruncateDimension ?? FullDimension);
    }

    /// <summary>The modules, in order.</summary>
    public IReadOnlyList<Module> Modules { get; }

    /// <summary>Prompts and similarity.</summary>
    public SentenceTransformerConfig Config { get; }

    /// <summary>The number of elements of a vector, unless <see cref="EncodeOptions.Dimensions"/> asks for another.</summary>
    public int Dimension { get; }

    /// <summary>Gets the number of elements of a vector as the modules make it, which <see cref="SentenceTransformerConfig.TruncateDimension"/> may cut.</summary>
    public int FullDimension { get; }

    /// <summary>Gets what the model's files say that is not known or not applied, one sentence each.</summary>
    public IReadOnlyList<string> Warnings => [.. OwnWarnings.Concat(Modules.SelectMany(module => module.Warnings)).Concat(Config.Warnings).Distinct()];

    private IReadOnlyList<string> OwnWarnings { get; init; } = [];

    /// <summary>Whether the model makes a vector for each text; without pooling it makes one for each token.</summary>
    public bool MakesSentenceEmbeddings => Modules.Any(module => module.MakesSentenceEmbeddings);

    /// <summary>The longest text in tokens, special ones included; what is longer is cut. <see cref="int.MaxValue"/> where any length will do.</summary>
    public int MaxSequenceLength => _pipeline.Input.MaxSequenceLength;

    /// <summary>Text to token ids.</summary>
    /// <exception cref="InvalidOperationException">The model divides texts into words, and has no subword tokenizer.</exception>
    public Tokenizer Tokenizer => _pipeline.Input.Tokenizer ?? throw new InvalidOperationException($"{_pipeline.Input} divides texts into words; the model has no subword tokenizer.");

    /// <summary>Loads a model from a folder, or by its Hub id.</summary>
    /// <param name="model">A folder, or an id such as <c>sentence-transformers/all-MiniLM-L6-v2</c>, which is downloaded unless the cache has it.</param>
    /// <exception cref="FormatException">A file of the model is damaged or asks for what is not supported.</exception>
    /// <exception cref="IOException">The model cannot be read or downloaded.</exception>
    public static SentenceTransformer Load(string model) => LoadFolder(ModelFolder.Find(model, ModelKind.SentenceTransformer));

    /// <summary>Loads the bundled default model, English and Chinese, which the package <c>Semblance.Models.Mini</c> puts beside the program.</summary>
    /// <exception cref="DirectoryNotFoundException">The program was built without that package.</exception>
    public static SentenceTransformer LoadDefault() => LoadFolder(DefaultModel.Folder);

    /// <summary>Loads a model from a folder, or by its Hub id. A folder never touches the network.</summary>
    /// <param name="model">A folder, or an id such as <c>sentence-transformers/all-MiniLM-L6-v2</c>.</param>
    /// <param name="revision">A branch, tag or commit of the Hub; null for the main one.</param>
    /// <param name="progress">Told about a download.</param>
    /// <param name="cancellation">Stops a download; what has arrived is used by the next.</param>
    /// <exception cref="FormatException">A file of the model is damaged or asks for what is not supported.</exception>
    /// <exception cref="IOException">The model cannot be read or downloaded.</exception>
    public static async Task<SentenceTransformer> LoadAsync(
        string model, string? revision = null, IProgress<DownloadProgress>? progress = null, CancellationToken cancellation = default) =>
        LoadFolder(await ModelFolder.FindAsync(model, ModelKind.SentenceTransformer, revision, progress, cancellation).ConfigureAwait(false));

    /// <summary>Loads a model from a folder with parameters of its own, which training can change.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="FormatException">A file of the model is damaged or asks for what is not supported.</exception>
    /// <exception cref="IOException">The model cannot be read.</exception>
    public static SentenceTransformer LoadTrainable(string folder) =>
        LoadFolder(ModelFolder.Whole(folder), trainable: true);

    /// <summary>All parameters; each name begins with its module's place.</summary>
    public IEnumerable<Parameter> Parameters() =>
        Modules.SelectMany((module, i) => module.Parameters().Select(parameter => new Parameter($"{i}.{parameter.Name}", parameter.Value)));

    /// <summary>Runs texts through all modules inside a computation of the caller's: how training does it.</summary>
    /// <param name="run">The computation; it owns the result.</param>
    /// <param name="texts">The texts; what is too long is cut.</param>
    /// <param name="prompt">What stands before each text.</param>
    /// <param name="route">What the texts are, for a model with a router; null for its default.</param>
    /// <returns><c>[texts × dimension]</c>.</returns>
    public Tensor Forward(Computation run, IReadOnlyList<string> texts, string prompt = "", string? route = null)
    {
        var features = Tokenize(texts, prompt, route);
        foreach (var module in Modules)
        {
            module.Forward(run, features);
        }

        return features.SentenceEmbeddings ?? throw new InvalidOperationException("The model has no pooling, so it makes no sentence vectors.");
    }

    /// <summary>Texts as the first module takes them.</summary>
    /// <param name="texts">The texts; what is too long is cut.</param>
    /// <param name="prompt">What stands before each text.</param>
    /// <param name="route">What the texts are, for a model with a router; null for its default.</param>
    public Features Tokenize(IReadOnlyList<string> texts, string prompt = "", string? route = null)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(prompt);
        return _pipeline.Tokenize(texts, prompt, route);
    }

    /// <summary>The vectors of several texts.</summary>
    /// <param name="texts">The texts; any text will do.</param>
    /// <param name="options">How to encode; null for the defaults.</param>
    /// <param name="progress">Told after each batch.</param>
    /// <param name="cancellation">Stops between two operations.</param>
    /// <exception cref="ArgumentException">An option does not fit the model, or a text is null.</exception>
    /// <exception cref="TextTooLongException">A text is too long and <see cref="Truncation.Error"/> was asked for.</exception>
    public Embeddings Encode(IReadOnlyList<string> texts, EncodeOptions? options = null, IProgress<EncodeProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        options = Check(options);
        var vectors = Tensor.Zeros(texts.Count, options.Dimensions ?? Dimension);
        if (options.Truncation == Truncation.Chunk)
        {
            // The mean of unit vectors is shorter than they are: where a model or an option makes them, it is made one again.
            var isUnit = options.Normalize || (vectors.Columns == FullDimension && Modules[^1] is NormalizeModule { OnTokens: false });
            var chunked = ChunkedTexts.From(_pipeline.Input.Entry(options.Route), texts, PromptOf(options), options, cancellation);
            return chunked.Encode(EncodeWhole(options, cancellation), options.ChunkPooling, isUnit, vectors, progress);
        }

        var tokenized = ForEachBatch(texts, options, progress, (run, features, batch) => Finish(run, features, batch, options, vectors), cancellation);
        return new Embeddings(vectors, tokenized.TokenCounts, tokenized.Truncated);
    }

    /// <summary>The vector of one text.</summary>
    /// <inheritdoc cref="Encode(IReadOnlyList{string}, EncodeOptions?, IProgress{EncodeProgress}?, CancellationToken)"/>
    /// <param name="text">The text; any text will do.</param>
    /// <param name="options">How to encode; null for the defaults.</param>
    public float[] Encode(string text, EncodeOptions? options = null) => Encode([text], options)[0].ToArray();

    /// <summary>
    /// Divides a text into chunks that the model takes whole: at most <see cref="EncodeOptions.ChunkSize"/> tokens each, with the prompt, ending where a
    /// sentence ends, or else a word, or else a token. Together they are all of the text. Time grows with its length, memory does not.
    /// </summary>
    /// <param name="text">The text; any text will do.</param>
    /// <param name="options">Size, overlap, prompt and route; null for the defaults.</param>
    /// <param name="cancellation">Stops between two chunks.</param>
    /// <returns>The chunks in order, made as they are asked for; one for a text that the model takes whole.</returns>
    /// <exception cref="ArgumentException">An option does not fit the model, or a chunk has no room beside the prompt.</exception>
    /// <exception cref="NotSupportedException">A size was asked for, and the model divides texts into words.</exception>
    public IEnumerable<Chunk> Chunks(string text, EncodeOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        options = Check(options);
        return Chunker.Divide(_pipeline.Input.Entry(options.Route), text, PromptOf(options), options, cancellation);
    }

    /// <summary>The chunks of a text with a vector for each: the very bits that <see cref="Chunk.Of"/> has as a text of its own.</summary>
    /// <inheritdoc cref="Chunks"/>
    public IEnumerable<ChunkEmbedding> EncodeChunks(string text, EncodeOptions? options = null, CancellationToken cancellation = default) =>
        ChunkedTexts.Encode(text, Chunks(text, options, cancellation), EncodeWhole(Check(options), cancellation));

    /// <summary>The vectors of several images, in the same space as those of texts: for models that begin with CLIP.</summary>
    /// <param name="images">The images.</param>
    /// <param name="options">How to encode; of a prompt, a route and truncation images know nothing. Null for the defaults.</param>
    /// <param name="progress">Told after each batch.</param>
    /// <param name="cancellation">Stops between two operations.</param>
    /// <returns>The vectors; images have no tokens.</returns>
    /// <exception cref="NotSupportedException">The model takes texts only.</exception>
    /// <exception cref="ArgumentException">An option does not fit the model.</exception>
    public Embeddings EncodeImages(IReadOnlyList<RgbImage> images, EncodeOptions? options = null, IProgress<EncodeProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        var clip = _pipeline.Input as ClipModule ?? throw new NotSupportedException($"The model begins with {_pipeline.Input}, which takes no images; a CLIP model does.");
        options = Check(options);
        var vectors = Tensor.Zeros(images.Count, options.Dimensions ?? Dimension);
        var threads = Math.Min(options.Threads ?? int.MaxValue, Workers.Shared.Count);
        var size = Math.Max(1, options.BatchTokens / (clip.Model.Vision.PatchCount + 1));
        var done = 0;
        Workers.Shared.For((images.Count + size - 1) / size, threads, i =>
        {
            int[] batch = [.. Enumerable.Range(i * size, Math.Min(size, images.Count - (i * size)))];
            using var run = new Computation(threads, cancellation: cancellation);
            var pixels = clip.Processor.Process([.. batch.Select(image => images[image])]);
            var features = new Features(new PackedBatch([], [], new int[batch.Length + 1], allowEmpty: true)) { Pixels = pixels };
            clip.Forward(run, features);
            Finish(run, features, batch, options, vectors);
            progress?.Report(new EncodeProgress(Interlocked.Add(ref done, batch.Length), images.Count));
        }, cancellation);
        GC.KeepAlive(this); // the kernels saw only addresses
        return new Embeddings(vectors, new int[images.Count], new bool[images.Count]);
    }

    /// <summary>Encodes questions: on the route <c>query</c> of a model with a router, and with its prompt <c>query</c>, if it has one and no other is asked for.</summary>
    /// <inheritdoc cref="Encode(IReadOnlyList{string}, EncodeOptions?, IProgress{EncodeProgress}?, CancellationToken)"/>
    public Embeddings EncodeQuery(IReadOnlyList<string> texts, EncodeOptions? options = null, IProgress<EncodeProgress>? progress = null, CancellationToken cancellation = default) =>
        Encode(texts, WithRoute(options, "query", "query"), progress, cancellation);

    /// <summary>Encodes documents: on the route <c>document</c> of a model with a router, and with its prompt <c>document</c>, <c>passage</c> or <c>corpus</c>, if it has one and no other is asked for.</summary>
    /// <inheritdoc cref="Encode(IReadOnlyList{string}, EncodeOptions?, IProgress{EncodeProgress}?, CancellationToken)"/>
    public Embeddings EncodeDocument(IReadOnlyList<string> texts, EncodeOptions? options = null, IProgress<EncodeProgress>? progress = null, CancellationToken cancellation = default) =>
        Encode(texts, WithRoute(options, "document", "document", "passage", "corpus"), progress, cancellation);

    /// <summary>The vectors of the tokens of several texts, as the modules before the pooling make them.</summary>
    /// <returns>For each text <c>[tokens × hidden]</c>, special tokens included.</returns>
    /// <inheritdoc cref="Encode(IReadOnlyList{string}, EncodeOptions?, IProgress{EncodeProgress}?, CancellationToken)"/>
    public IReadOnlyList<Tensor> EncodeTokens(IReadOnlyList<string> texts, EncodeOptions? options = null, IProgress<EncodeProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        options = Check(options);
        if (options.Truncation == Truncation.Chunk)
        {
            throw new ArgumentException("Truncation.Chunk is for the vectors of texts, not of tokens; encode the tokens of each of the text's Chunks.", nameof(options));
        }

        var results = new Tensor[texts.Count];
        ForEachBatch(texts, options, progress, (run, features, batch) =>
        {
            foreach (var module in Modules.Skip(1).TakeWhile(module => !module.MakesSentenceEmbeddings && features.SentenceEmbeddings is null))
            {
                module.Forward(run, features);
            }

            var tokens = features.TokenEmbeddings ?? throw new InvalidOperationException($"{_pipeline.Input} makes a vector for each text, none for its tokens.");
            for (var i = 0; i < batch.Length; i++)
            {
                var (start, count) = (features.Batch.Offsets[i], features.Batch.Length(i));
                results[batch[i]] = Tensor.From(tokens.Values.Slice(start * tokens.Columns, count * tokens.Columns), count, tokens.Columns);
            }
        }, cancellation);
        return results;
    }

    /// <summary>Encodes a stream of any length in bounded memory: while some texts are encoded, the next are read and the last are handed out.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="options">How to encode; null for the defaults.</param>
    /// <param name="cancellation">Stops between two operations.</param>
    /// <returns>The texts with their vectors, in their order.</returns>
    /// <exception cref="ArgumentException">An option does not fit the model, or a text is null.</exception>
    /// <exception cref="TextTooLongException">A text is too long and <see cref="Truncation.Error"/> was asked for.</exception>
    public IAsyncEnumerable<Embedding> EncodeAsync(IAsyncEnumerable<string> texts, EncodeOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        options = Check(options);
        return EncodingStream.Run(texts, text => text?.Length ?? 0, window =>
        {
            var embeddings = Encode(window, options, null, cancellation);
            return window.Select((text, i) => new Embedding(text, embeddings[i].ToArray(), embeddings.TokenCounts[i], embeddings.Truncated[i]));
        }, cancellation);
    }

    /// <summary>How alike each vector of one set is to each of another, by the model's own similarity.</summary>
    /// <param name="a"><c>[rows × dimension]</c>.</param>
    /// <param name="b"><c>[columns × dimension]</c>.</param>
    /// <returns><c>[rows × columns]</c>; larger is more alike.</returns>
    public Tensor Similarity(Embeddings a, Embeddings b)
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

    /// <summary>Writes the model in the layout of sentence-transformers.</summary>
    /// <param name="folder">The folder, made if need be. A model in it is replaced in one step, also the one that this was loaded from; files that are not a model's (<see cref="ModelFiles"/>) stay.</param>
    /// <param name="weights">The type that parameters are written in: <see cref="DType.F32"/>, or <see cref="DType.F16"/> for half the size and rounded vectors.</param>
    /// <exception cref="ArgumentException">Weights cannot be written as that type.</exception>
    /// <exception cref="CheckpointFormatException">A parameter is too large for float16; it is named.</exception>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public void Save(string folder, DType weights = DType.F32) => ModelFiles.Save(folder, written =>
    {
        Config.Save(written);
        ModuleList.Save(Modules, written, weights);
    });

    /// <summary>The pipeline, a module a line.</summary>
    public override string ToString()
    {
        var text = new StringBuilder("SentenceTransformer(").AppendLine();
        for (var i = 0; i < Modules.Count; i++)
        {
            text.Append("  (").Append(i).Append(") ").Append(Modules[i]).AppendLine();
        }

        return text.Append(')').ToString();
    }

    private static SentenceTransformer LoadFolder(string folder, bool trainable = false)
    {
        ModelKinds.Require(folder, ModelKind.SentenceTransformer);
        var (modules, warnings) = ModuleList.Load(folder, trainable);
        TransformerModule.RefuseTaskLengths(modules);
        return new SentenceTransformer(modules, SentenceTransformerConfig.Load(folder)) { OwnWarnings = warnings };
    }

    // Tokenizes, runs the first module over each batch on the workers, and lets the caller take what it wants of it.
    private TokenizedTexts ForEachBatch(
        IReadOnlyList<string> texts, EncodeOptions options, IProgress<EncodeProgress>? progress, Action<Computation, Features, int[]> take, CancellationToken cancellation)
    {
        var tokenized = _pipeline.Run(texts, PromptOf(options), options, progress, take, cancellation);
        GC.KeepAlive(this); // the kernels saw only addresses
        return tokenized;
    }

    // The modules behind the first, and what the options ask for; the vectors of a batch go to their places.
    private void Finish(Computation run, Features features, int[] batch, EncodeOptions options, Tensor vectors)
    {
        foreach (var module in Modules.Skip(1))
        {
            module.Forward(run, features);
        }

        var result = features.SentenceEmbeddings ?? throw new InvalidOperationException("The model has no pooling, so it makes no sentence vectors; use EncodeTokens.");
        if (vectors.Columns < FullDimension)
        {
            result = run.FirstColumns(result, vectors.Columns);
        }

        if (options.Normalize)
        {
            result = run.Normalize(result);
        }

        for (var i = 0; i < batch.Length; i++)
        {
            if (!TensorPrimitives.IsFiniteAll(result.Row(i)))
            {
                throw new ModelFormatException("model", $"the vector of text {batch[i]} is not finite; are the model's weights damaged?");
            }

            result.Row(i).CopyTo(vectors.Writable.Slice(batch[i] * vectors.Columns, vectors.Columns));
        }
    }

    private string PromptOf(EncodeOptions options) => Prompts.Of(options, Config.Prompts, Config.DefaultPromptName);

    // Chunks as texts of their own.
    private Func<IReadOnlyList<string>, Embeddings> EncodeWhole(EncodeOptions options, CancellationToken cancellation) =>
        chunks => Encode(chunks, options with { Truncation = Truncation.Cut }, null, cancellation);

    private EncodeOptions Check(EncodeOptions? options)
    {
        options ??= EncodeOptions.Default;
        options.Check();
        return options.Dimensions is { } dimensions && (dimensions < 1 || dimensions > FullDimension)
            ? throw new ArgumentOutOfRangeException(nameof(options), dimensions, $"The model's vectors have {FullDimension} elements; Dimensions must be from 1 to that.")
            : options;
    }

    private EncodeOptions WithRoute(EncodeOptions? options, string route, params ReadOnlySpan<string> names)
    {
        options ??= EncodeOptions.Default;
        return Prompts.WithFirst(options with { Route = options.Route ?? route }, Config.Prompts, names);
    }
}
