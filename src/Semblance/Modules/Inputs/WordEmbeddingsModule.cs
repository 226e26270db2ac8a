using Semblance.Checkpoints;
using Semblance.Files.Json;
using Semblance.Tensors;
using Semblance.Transformers;
using Semblance.Words;

namespace Semblance.Modules;

/// <summary>A vector for each word, as GloVe and word2vec have them; words that the vocabulary lacks are left out.</summary>
public sealed class WordEmbeddingsModule : InputModule
{
    private const string FileName = "wordembedding_config.json";
    private const string TableName = "emb_layer.weight";
    private const int UsualLength = 1_000_000;

    private static readonly KnownKeys Keys = new KnownKeys().Honoured("max_seq_length", "tokenizer_class", "update_embeddings");

    private readonly int _length; // for the file: the original writes it, but cuts no text

    /// <summary>Makes the module.</summary>
    /// <param name="tokenizer">Texts to words, with the vocabulary of <paramref name="table"/>.</param>
    /// <param name="table"><c>[words × dimension]</c>, such as <see cref="WordVectors.Table"/>.</param>
    /// <param name="updates">Whether training changes the vectors. False by default.</param>
    /// <exception cref="ArgumentException">The tokenizer has more words than there are vectors.</exception>
    public WordEmbeddingsModule(WordTokenizer tokenizer, Tensor table, bool updates = false)
        : this(tokenizer, table, updates, UsualLength)
    {
    }

    private WordEmbeddingsModule(WordTokenizer tokenizer, Tensor table, bool updates, int length)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(table);
        if (table.Shape.Length != 2 || tokenizer.Vocabulary.Count > table.Rows)
        {
            throw new ArgumentException($"The tokenizer has {tokenizer.Vocabulary.Count} words, but the table of vectors is {table}; [words × dimension] is needed.", nameof(table));
        }

        (Words, Table, Updates, _length) = (tokenizer, table, updates, length);
    }

    /// <inheritdoc/>
    public override string Type => "sentence_transformers.models.WordEmbeddings";

    /// <summary>Texts to words.</summary>
    public WordTokenizer Words { get; }

    /// <summary><c>[words × dimension]</c>.</summary>
    public Tensor Table { get; }

    /// <summary>Whether training changes the vectors.</summary>
    public bool Updates { get; }

    /// <inheritdoc/>
    public override int VocabularySize => Table.Rows;

    /// <inheritdoc/>
    public override bool SavesInRoot => false;

    /// <inheritdoc/>
    public override void InferShape(FeatureShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        (shape.TokenWidth, shape.VocabularySize) = (Table.Columns, Words.Vocabulary.Count);
    }

    /// <summary>Loads the module from <c>wordembedding_config.json</c>, the tokenizer's file and weights in its folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="trainable">Copies the vectors into memory that training can change, if it may.</param>
    /// <exception cref="ModelFormatException">A file is damaged, or they do not fit together.</exception>
    public static WordEmbeddingsModule Load(string folder, bool trainable = false)
    {
        var config = ConfigurationFile.Read(Path.Combine(folder, FileName)).Check(Keys);
        var tokenizer = WordTokenizer.Load(folder, config.Text("tokenizer_class") ?? throw config.Fault("tokenizer_class", "is missing; it is needed"), config.Path);
        var updates = config.Flag("update_embeddings", false);
        var checkpoint = Checkpoint.Open(folder);
        var table = ReadParameter(checkpoint, TableName, trainable && updates);
        return table.Shape.Length == 2 && tokenizer.Vocabulary.Count <= table.Rows
            ? new WordEmbeddingsModule(tokenizer, table, updates, config.WholeNumber("max_seq_length", 1, int.MaxValue, UsualLength)) { Warnings = [.. config.Warnings, .. tokenizer.Warnings] }
            : throw new ModelFormatException(checkpoint.Path, $"'{TableName}' is {table}, but the tokenizer has {tokenizer.Vocabulary.Count} words; the files are not of the same model.");
    }

    /// <inheritdoc/>
    public override TokenizedText Tokenize(string text) => new(Words.Tokenize(text));

    /// <inheritdoc/>
    public override void Forward(Computation run, Features features)
    {
        ArgumentNullException.ThrowIfNull(features);
        features.TokenEmbeddings = run.Embed(features.Batch, Table);
    }

    /// <inheritdoc/>
    public override IEnumerable<Parameter> Parameters() => Updates ? [new(TableName, Table)] : [];

    /// <inheritdoc/>
    public override void Save(string folder, DType weights = DType.F32)
    {
        JsonFile.Write(Path.Combine(folder, FileName), json =>
        {
            json.WriteStartObject();
            json.WriteString("tokenizer_class", Words.Type);
            json.WriteBoolean("update_embeddings", Updates);
            json.WriteNumber("max_seq_length", _length);
            json.WriteEndObject();
        });
        SaveParameters([new(TableName, Table)], folder, weights);
        Words.Save(folder);
    }

    /// <inheritdoc/>
    public override string ToString() => $"WordEmbeddings({Words}, dimension {Table.Columns})";
}
