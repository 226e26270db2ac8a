using System.Text.Json;
using Semblance.Checkpoints;
using Semblance.Distillation;
using Semblance.Files.Json;
using Semblance.Tensors;
using Semblance.Tokenizers;
using Semblance.Transformers;

namespace Semblance.Modules;

/// <summary>
/// Computes the mean of a fixed vector for each token, without a transformer: the static embeddings of sentence-transformers, and the
/// models of Model2Vec (Tulkens and van Dongen 2024), in which tokens may share a vector and have weights.
/// </summary>
public sealed class StaticEmbeddingModule : InputModule
{
    private const string OwnName = "embedding.weight";
    private const string Model2VecName = "embeddings";
    private const string ConfigurationName = "config.json";
    private const int Model2VecLength = 512; // tokens: the max_length that encode has in Model2Vec

    // Model2Vec's config.json; the data type of the vectors is that of their file.
    private static readonly KnownKeys Keys = new KnownKeys()
        .Supported("model_type", "normalize")
        .Ignored(
            "apply_pca", "apply_zipf", "architectures", "embedding_dtype", "hidden_dim",
            "sif_coefficient", "tokenizer_name", "transformers_version", "vocabulary_quantization", "pooling",
            "max_length", "seq_length"); // the module of the original does not truncate texts

    private readonly ConfigurationFile? _source;
    private readonly int[]? _rows; // of each token; null if a token's id is its row
    private readonly float[]? _weights; // of each token; null if all weights are 1
    private readonly Lazy<int>? _maxCharacters; // of a text of Model2Vec

    /// <summary>Initializes a new instance of the <see cref="StaticEmbeddingModule"/> class.</summary>
    /// <param name="tokenizer">The tokenizer, used without special tokens.</param>
    /// <param name="table">The token embeddings, <c>[tokens × dimension]</c>.</param>
    /// <exception cref="ArgumentException">The tokenizer has more ids than there are vectors.</exception>
    public StaticEmbeddingModule(Tokenizer tokenizer, Tensor table)
        : this(tokenizer, table, null, null, isModel2Vec: false, null)
    {
    }

    internal StaticEmbeddingModule(
        Tokenizer tokenizer, Tensor table, int[]? rows, float[]? weights, bool isModel2Vec, ConfigurationFile? source)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(table);
        if (Misfit(tokenizer, table, rows, weights) is { } problem)
        {
            throw new ArgumentException(problem, nameof(table));
        }

        (Tokenizer, Table, IsModel2Vec) = (tokenizer, table, isModel2Vec);
        (_rows, _weights, _source) = (rows, weights, source);
        if (isModel2Vec)
        {
            _maxCharacters = new Lazy<int>(() => Model2VecLength * MedianTokenLength(tokenizer));
        }
    }

    /// <inheritdoc/>
    public override string Type => "sentence_transformers.models.StaticEmbedding";

    /// <inheritdoc/>
    public override Tokenizer Tokenizer { get; }

    /// <summary>Gets the token embeddings, <c>[tokens × dimension]</c>; <c>[vectors × dimension]</c> if tokens share vectors.</summary>
    public Tensor Table { get; }

    /// <summary>
    /// Gets a value that indicates whether the folder is one of Model2Vec. If so, unknown tokens are left out, as Model2Vec does except for
    /// Unigram tokenizers; sentence-transformers uses their vector.
    /// </summary>
    public bool IsModel2Vec { get; }

    /// <inheritdoc/>
    public override int VocabularySize => Tokenizer.VocabularySize;

    /// <summary>
    /// Gets the maximum sequence length in tokens: the <c>truncation</c> of tokenizer.json, or <see cref="int.MaxValue"/> for no limit. For
    /// Model2Vec it is at most 512, and texts are first truncated to 512 times the median length of a token in characters.
    /// </summary>
    public override int MaxSequenceLength =>
        Math.Min(Tokenizer.TruncationLength ?? int.MaxValue, IsModel2Vec ? Model2VecLength : int.MaxValue);

    /// <inheritdoc/>
    public override bool MakesSentenceEmbeddings => true;

    /// <inheritdoc/>
    public override void InferShape(FeatureShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        (shape.TokenWidth, shape.SentenceWidth, shape.VocabularySize) = (Table.Columns, Table.Columns, VocabularySize);
    }

    /// <summary>
    /// Distills a transformer into a static model: the transformer encodes each token of its vocabulary alone, principal component analysis
    /// reduces the dimension, and frequent tokens get lower weights (frequencies by Zipf's law, weights by Arora et al. 2017).
    /// </summary>
    /// <param name="teacher">The transformer and its tokenizer.</param>
    /// <param name="options">The options; null for the defaults, which are those of Model2Vec.</param>
    /// <param name="progress">Receives the fraction of the vocabulary that is done, from 0 to 1.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <returns>A model of the static embeddings and a normalization.</returns>
    /// <exception cref="ArgumentException">An option is out of range, or no token is left.</exception>
    /// <exception cref="NotSupportedException">The tokenizer cannot be written as tokenizer.json.</exception>
    public static SentenceTransformer Distill(
        TransformerModule teacher, StaticDistillationOptions? options = null, IProgress<double>? progress = null,
        CancellationToken cancellationToken = default) =>
        new([StaticDistillation.Run(teacher, options ?? new StaticDistillationOptions(), progress, cancellationToken),
            new NormalizeModule()]);

    /// <summary>
    /// Loads the module from <c>model.safetensors</c> and <c>tokenizer.json</c> in its folder, in the format of sentence-transformers or
    /// Model2Vec.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <param name="trainable">
    /// <see langword="true"/> to copy the vectors into memory that training can change; otherwise, <see langword="false"/>.
    /// </param>
    /// <exception cref="FormatException">A file is damaged, or the files do not fit together.</exception>
    public static StaticEmbeddingModule Load(string folder, bool trainable = false)
    {
        var checkpoint = Checkpoint.Open(folder);
        var isModel2Vec = !checkpoint.Contains(OwnName);
        if (isModel2Vec && !checkpoint.Contains(Model2VecName))
        {
            throw new ModelFormatException(checkpoint.Path,
                $"there is neither '{OwnName}' (sentence-transformers) nor '{Model2VecName}' (Model2Vec); is this a static embedding?");
        }

        var tokenizer = Tokenizer.LoadJson(folder);
        var table = ReadParameter(checkpoint, isModel2Vec ? Model2VecName : OwnName, trainable);
        var rows = checkpoint.Contains("mapping")
            ? Array.ConvertAll(checkpoint.ReadInt64("mapping"), row => (int)Math.Clamp(row, -1, int.MaxValue)) : null;
        var weights = checkpoint.Contains("weights") ? ReadParameter(checkpoint, "weights", trainable: false).Values.ToArray() : null;
        var configuration = Path.Combine(folder, ConfigurationName);
        return Misfit(tokenizer, table, rows, weights) is { } problem
            ? throw new ModelFormatException(checkpoint.Path, problem)
            : new StaticEmbeddingModule(tokenizer, table, rows, weights, isModel2Vec,
                isModel2Vec && File.Exists(configuration) ? ConfigurationFile.Read(configuration) : null)
            {
                Warnings = [.. tokenizer.Warnings, .. isModel2Vec && File.Exists(configuration)
                    ? ConfigurationFile.Read(configuration).Check(Keys).Warnings : []],
            };
    }

    /// <summary>Loads the modules of a Model2Vec folder without <c>modules.json</c>; returns null for any other folder.</summary>
    internal static IReadOnlyList<Module>? LoadModel2Vec(string folder, bool trainable)
    {
        var path = Path.Combine(folder, ConfigurationName);
        if (!File.Exists(path) || ConfigurationFile.Read(path) is var config && config.Text("model_type") != "model2vec")
        {
            return null;
        }

        var module = Load(folder, trainable);
        return config.Flag("normalize", false) ? [module, new NormalizeModule()] : [module];
    }

    /// <inheritdoc/>
    public override TokenizedText Tokenize(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var limit = Tokenizer.TruncationLength;
        if (limit == 0)
        {
            return new TokenizedText([], null, text.Length > 0); // a maximum of 0 would mean no limit below
        }

        var cut = Cut(text);
        var tokenized = Tokenize(Tokenizer, cut, limit ?? 0, specialTokens: false);
        var (ids, truncated) = (tokenized.Ids, tokenized.IsTruncated || cut.Length < text.Length);
        if (IsModel2Vec)
        {
            // The limit of Model2Vec counts the tokens without unknown ones.
            ids = Tokenizer.NamedUnknownId is { } unknown && ids.Contains(unknown) ? [.. ids.Where(id => id != unknown)] : ids;
            truncated |= ids.Length > Model2VecLength;
            ids = ids.Length > Model2VecLength ? ids[..Model2VecLength] : ids;
        }

        return new TokenizedText(ids, null, truncated);
    }

    /// <inheritdoc/>
    internal override int Tokenize(string text, int maxLength, TokenBuffer tokens)
    {
        Tokenizer.Encode(text, null, maxLength, specialTokens: false, tokens);
        return 0;
    }

    /// <inheritdoc/>
    internal override int? CountTokens(string text) =>
        Tokenizer.Encode(text, null, new TokenizerOptions { AddSpecialTokens = false }).Count;

    /// <inheritdoc/>
    public override void Forward(Computation run, Features features)
    {
        ArgumentNullException.ThrowIfNull(features);
        var (batch, ids) = (features.Batch, features.Batch.TokenIds.ToArray());
        var rows = _rows is null
            ? batch
            : new PackedBatch(Array.ConvertAll(ids, id => _rows[id]), new int[ids.Length], batch.Offsets.ToArray(), allowEmpty: true);
        var tokens = run.Embed(rows, Table); // [tokens × dimension]
        features.TokenEmbeddings = _weights is null ? tokens : run.ScaleRows(tokens, Array.ConvertAll(ids, id => _weights[id]));
        features.SentenceEmbeddings = run.Pool(features.TokenEmbeddings, batch, [Pooling.Mean]);
    }

    /// <inheritdoc/>
    public override IEnumerable<Parameter> Parameters() => [new(IsModel2Vec ? Model2VecName : OwnName, Table)];

    /// <inheritdoc/>
    public override void Save(string folder, DType weights = DType.F32)
    {
        Tokenizer.SaveJson(folder);
        var writer = new SafetensorsWriter();
        foreach (var (name, tensor) in Parameters())
        {
            writer.Add(name, tensor, weights);
        }

        if (_weights is not null)
        {
            writer.Add("weights", Tensor.From(_weights, _weights.Length), DType.F32);
        }

        if (_rows is not null)
        {
            writer.Add("mapping", Array.ConvertAll(_rows, row => (long)row), _rows.Length);
        }

        writer.Save(Path.Combine(folder, "model.safetensors"));
        if (IsModel2Vec)
        {
            JsonFile.Write(Path.Combine(folder, ConfigurationName), json => WriteConfiguration(json, weights));
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"StaticEmbedding({VocabularySize:N0} tokens, dimension {Table.Columns})";

    private void WriteConfiguration(Utf8JsonWriter json, DType weights)
    {
        json.WriteStartObject();
        foreach (var field in _source?.Root.EnumerateObject().Where(field => field.Name != "embedding_dtype") ?? [])
        {
            field.WriteTo(json);
        }

        if (_source is null)
        {
            json.WriteString("model_type", "model2vec");
            json.WriteStartArray("architectures");
            json.WriteStringValue("StaticModel");
            json.WriteEndArray();
            json.WriteNumber("hidden_dim", Table.Columns);
            json.WriteNumber("seq_length", 1_000_000);
            json.WriteBoolean("normalize", true);
        }

        json.WriteString("embedding_dtype", ModelQuantizer.NameOf(weights));
        json.WriteEndObject();
    }

    /// <summary>Returns the beginning of a text that has too many characters, counted in code points.</summary>
    private string Cut(string text)
    {
        if (_maxCharacters is null || text.Length <= Model2VecLength || _maxCharacters.Value is var most && text.Length <= most)
        {
            return text;
        }

        var (characters, end) = (0, 0);
        while (end < text.Length && characters++ < most)
        {
            end += char.IsSurrogatePair(text, end) ? 2 : 1;
        }

        return text[..end];
    }

    private static int MedianTokenLength(Tokenizer tokenizer)
    {
        var lengths = Enumerable.Range(0, tokenizer.VocabularySize).Select(tokenizer.IdToToken).OfType<string>()
            .Select(token => token.Length - token.Count(char.IsLowSurrogate)).Order().ToArray();
        return lengths.Length == 0 ? 1 : (lengths[lengths.Length / 2] + lengths[(lengths.Length - 1) / 2]) / 2;
    }

    private static string? Misfit(Tokenizer tokenizer, Tensor table, int[]? rows, float[]? weights)
    {
        var tokens = rows?.Length ?? table.Rows;
        return table.Shape.Length != 2 ? $"the vectors are {table}; [tokens × dimension] is needed."
            : tokens < tokenizer.VocabularySize ? $"the tokenizer has {tokenizer.VocabularySize} ids, but there are vectors for {tokens}; "
                + "the files do not belong to the same model."
            : weights is not null && weights.Length < tokenizer.VocabularySize
                ? $"the tokenizer has {tokenizer.VocabularySize} ids, but there are weights for {weights.Length}."
            : rows?.FirstOrDefault(row => row < 0 || row >= table.Rows, 0) is { } bad && (bad < 0 || bad >= table.Rows)
                ? $"'mapping' points to the vector {bad}, but there are {table.Rows}."
            : null;
    }
}
