using Semblance.Checkpoints;
using Semblance.Files.Json;
using Semblance.Tensors;
using Semblance.Transformers;
using Semblance.Words;

namespace Semblance.Modules;

/// <summary>Computes word embeddings from a table such as GloVe or word2vec. Words that are not in the vocabulary are left out.</summary>
public sealed class WordEmbeddingsModule : InputModule
{
    private const string FileName = "wordembedding_config.json";
    private const string TableName = "emb_layer.weight";
    private const int UsualLength = 1_000_000;

    private static readonly KnownKeys Keys = new KnownKeys().Supported("max_seq_length", "tokenizer_class", "update_embeddings");

    private readonly int _length; // written to the file; the original does not truncate texts either

    /// <summary>Initializes a new instance of the <see cref="WordEmbeddingsModule"/> class.</summary>
    /// <param name="tokenizer">The tokenizer, which divides texts into words and has the vocabulary of <paramref name="table"/>.</param>
    /// <param name="table">The word embeddings, <c>[words × dimension]</c>, such as <see cref="WordVectors.Table"/>.</param>
    /// <param name="updates">
    /// <see langword="true"/> if training changes the word embeddings; otherwise, <see langword="false"/>, the default.
    /// </param>
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
            throw new ArgumentException($"The tokenizer has {tokenizer.Vocabulary.Count} words, but the table of vectors is {table}; "
                + "[words × dimension] is needed.", nameof(table));
        }

        (Words, Table, Updates, _length) = (tokenizer, table, updates, length);
    }

    /// <inheritdoc/>
    public override string Type => "sentence_transformers.models.WordEmbeddings";

    /// <summary>Gets the tokenizer, which divides texts into words.</summary>
    public WordTokenizer Words { get; }

    /// <summary>Gets the word embeddings, <c>[words × dimension]</c>.</summary>
    public Tensor Table { get; }

    /// <summary>Gets a value that indicates whether training changes the word embeddings.</summary>
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
    /// <param name="trainable">
    /// <see langword="true"/> to copy the word embeddings into memory that training can change, if the settings allow it; otherwise,
    /// <see langword="false"/>.
    /// </param>
    /// <exception cref="ModelFormatException">A file is damaged, or the files do not fit together.</exception>
    public static WordEmbeddingsModule Load(string folder, bool trainable = false)
    {
        var config = ConfigurationFile.Read(Path.Combine(folder, FileName)).Check(Keys);
        var tokenizer = WordTokenizer.Load(folder, config.Text("tokenizer_class")
            ?? throw config.Fault("tokenizer_class", "is missing but required"), config.Path);
        var updates = config.Flag("update_embeddings", false);
        var checkpoint = Checkpoint.Open(folder);
        var table = ReadParameter(checkpoint, TableName, trainable && updates);
        return table.Shape.Length == 2 && tokenizer.Vocabulary.Count <= table.Rows
            ? new WordEmbeddingsModule(tokenizer, table, updates, config.WholeNumber("max_seq_length",
                1, int.MaxValue, UsualLength))
            { Warnings = [.. config.Warnings, .. tokenizer.Warnings] }
            : throw new ModelFormatException(checkpoint.Path, $"'{TableName}' is {table}, but the tokenizer has "
                + $"{tokenizer.Vocabulary.Count} words; the files do not belong to the same model.");
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
