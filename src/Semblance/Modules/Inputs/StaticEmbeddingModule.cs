using System.Text.Json;
using Semblance.Checkpoints;
using Semblance.Distillation;
using Semblance.Files.Json;
using Semblance.Tensors;
using Semblance.Tokenizers;
using Semblance.Transformers;

namespace Semblance.Modules;

/// <summary>
/// The average of a vector for each token, with no transformer behind it: the static embeddings of sentence-transformers, and the models of Model2Vec
/// (Tulkens and van Dongen 2024), which may share a vector among tokens and weigh them.
/// </summary>
public sealed class StaticEmbeddingModule : InputModule
{
    private const string OwnName = "embedding.weight";
    private const string Model2VecName = "embeddings";
    private const string ConfigurationName = "config.json";
    private const int Model2VecLength = 512; // tokens: the max_length that encode has in Model2Vec

    // Model2Vec's config.json; the vectors are in one type or another as their file says.
    private static readonly KnownKeys Keys = new KnownKeys()
        .Honoured("model_type", "normalize")
        .Ignored(
            "apply_pca", "apply_zipf", "architectures", "embedding_dtype", "hidden_dim", "sif_coefficient", "tokenizer_name", "transformers_version", "vocabulary_quantization", "pooling",
            "max_length", "seq_length"); // the original's sentence-transformers module cuts no text

    private readonly ConfigurationFile? _source;
    private readonly int[]? _rows; // of each token; null where a token's id is its row
    private readonly float[]? _weights; // of each token; null where all count alike
    private readonly Lazy<int>? _maxCharacters; // of a text of Model2Vec

    /// <summary>Makes the module.</summary>
    /// <param name="tokenizer">Text to ids, used without special tokens.</param>
    /// <param name="table"><c>[tokens × dimension]</c>.</param>
    /// <exception cref="ArgumentException">The tokenizer has more ids than there are vectors.</exception>
    public StaticEmbeddingModule(Tokenizer tokenizer, Tensor table)
        : this(tokenizer, table, null, null, isModel2Vec: false, null)
    {
    }

    internal StaticEmbeddingModule(Tokenizer tokenizer, Tensor table, int[]? rows, float[]? weights, bool isModel2Vec, ConfigurationFile? source)
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

    /// <summary>The vectors, <c>[tokens × dimension]</c>; of a model whose tokens share vectors, <c>[vectors × dimension]</c>.</summary>
    public Tensor Table { get; }

    /// <summary>Whether the folder is Model2Vec's: then unknown tokens are left out, as it does but for Unigram tokenizers; sentence-transformers gives them their vector.</summary>
    public bool IsModel2Vec { get; }

    /// <inheritdoc/>
    public override int VocabularySize => Tokenizer.VocabularySize;

    /// <summary>
    /// Gets the longest text in tokens: the <c>truncation</c> of tokenizer.json; for Model2Vec at most 512, before which it cuts a text to 512 times the
    /// median length of a token in characters. <see cref="int.MaxValue"/> where there is no limit.
    /// </summary>
    public override int MaxSequenceLength => Math.Min(Tokenizer.TruncationLength ?? int.MaxValue, IsModel2Vec ? Model2VecLength : int.MaxValue);

    /// <inheritdoc/>
    public override bool MakesSentenceEmbeddings => true;

    /// <inheritdoc/>
    public override void InferShape(FeatureShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        (shape.TokenWidth, shape.SentenceWidth, shape.VocabularySize) = (Table.Columns, Table.Columns, VocabularySize);
    }

    /// <summary>
    /// Makes a static model of a transformer: each token of its vocabulary through the transformer alone, the results in fewer dimensions (principal
    /// components), frequent tokens weighing less (Zipf's law for how often, Arora et al. 2017 for how much less).
    /// </summary>
    /// <param name="teacher">The transformer and its tokenizer.</param>
    /// <param name="options">How; null for the defaults, which are those of Model2Vec.</param>
    /// <param name="progress">Told the part of the vocabulary that is done, from 0 to 1.</param>
    /// <param name="cancellationToken">Stops between two operations.</param>
    /// <returns>The static embeddings and a normalisation.</returns>
    /// <exception cref="ArgumentException">An option is out of range, or no token is left.</exception>
    /// <exception cref="NotSupportedException">The tokenizer cannot be written as tokenizer.json.</exception>
    public static SentenceTransformer Distill(
        TransformerModule teacher, StaticDistillationOptions? options = null, IProgress<double>? progress = null, CancellationToken cancellationToken = default) =>
        new([StaticDistillation.Run(teacher, options ?? new StaticDistillationOptions(), progress, cancellationToken), new NormalizeModule()]);

    /// <summary>Loads the module from <c>model.safetensors</c> and <c>tokenizer.json</c> in its folder, sentence-transformers' or Model2Vec's.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="trainable">Copies the vectors into memory that training can change.</param>
    /// <exception cref="FormatException">A file is damaged, or they do not fit together.</exception>
    public static StaticEmbeddingModule Load(string folder, bool trainable = false)
    {
        var checkpoint = Checkpoint.Open(folder);
        var isModel2Vec = !checkpoint.Contains(OwnName);
        if (isModel2Vec && !checkpoint.Contains(Model2VecName))
        {
            throw new ModelFormatException(checkpoint.Path, $"there is neither '{OwnName}' (sentence-transformers) nor '{Model2VecName}' (Model2Vec); is this a static embedding?");
        }

        var tokenizer = Tokenizer.LoadJson(folder);
        var table = ReadParameter(checkpoint, isModel2Vec ? Model2VecName : OwnName, trainable);
        var rows = checkpoint.Contains("mapping") ? Array.ConvertAll(checkpoint.ReadInt64("mapping"), row => (int)Math.Clamp(row, -1, int.MaxValue)) : null;
        var weights = checkpoint.Contains("weights") ? ReadParameter(checkpoint, "weights", trainable: false).Values.ToArray() : null;
        var configuration = Path.Combine(folder, ConfigurationName);
        return Misfit(tokenizer, table, rows, weights) is { } problem
            ? throw new ModelFormatException(checkpoint.Path, problem)
            : new StaticEmbeddingModule(tokenizer, table, rows, weights, isModel2Vec, isModel2Vec && File.Exists(configuration) ? ConfigurationFile.Read(configuration) : null)
            {
                Warnings = [.. tokenizer.Warnings, .. isModel2Vec && File.Exists(configuration) ? ConfigurationFile.Read(configuration).Check(Keys).Warnings : []],
            };
    }

    /// <summary>The modules of a Model2Vec folder without <c>modules.json</c>; null where the folder is none.</summary>
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
            return new TokenizedText([], null, text.Length > 0); // no limit is what 0 means below
        }

        var cut = Cut(text);
        var tokenized = Tokenize(Tokenizer, cut, limit ?? 0, specialTokens: false);
        var (ids, truncated) = (tokenized.Ids, tokenized.IsTruncated || cut.Length < text.Length);
        if (IsModel2Vec)
        {
            // Its own limit counts what is left without the unknown tokens.
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
    public override void Forward(Computation run, Features features)
    {
        ArgumentNullException.ThrowIfNull(features);
        var (batch, ids) = (features.Batch, features.Batch.TokenIds.ToArray());
        var rows = _rows is null ? batch : new PackedBatch(Array.ConvertAll(ids, id => _rows[id]), new int[ids.Length], batch.Offsets.ToArray(), allowEmpty: true);
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

        json.WriteString("embedding_dtype", weights == DType.F16 ? "float16" : "float32");
        json.WriteEndObject();
    }

    /// <summary>The beginning of a text that is too long in characters, which are code points.</summary>
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
            : tokens < tokenizer.VocabularySize ? $"the tokenizer has {tokenizer.VocabularySize} ids, but there are vectors for {tokens}; the files are not of the same model."
            : weights is not null && weights.Length < tokenizer.VocabularySize ? $"the tokenizer has {tokenizer.VocabularySize} ids, but there are weights for {weights.Length}."
            : rows?.FirstOrDefault(row => row < 0 || row >= table.Rows, 0) is { } bad && (bad < 0 || bad >= table.Rows) ? $"'mapping' points to the vector {bad}, but there are {table.Rows}."
            : null;
    }
}
