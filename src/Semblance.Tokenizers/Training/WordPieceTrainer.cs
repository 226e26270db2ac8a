namespace Semblance.Tokenizers.Training;

/// <summary>
/// Trains the vocabulary of a BERT tokenizer, as the trainer of the Hugging Face tokenizers library does: starting from the characters, the
/// most frequent pair of adjacent pieces within words becomes a token until there are enough (Sennrich et al. 2016, "Neural Machine
/// Translation of Rare Words with Subword Units"). Texts are split exactly as the tokenizer will split them, so a Chinese character is a
/// word.
/// </summary>
/// <remarks>
/// <para>Add texts, then call <see cref="Train"/>; its result is for <see cref="Tokenizer.CreateBert"/>. Memory is bounded by the
/// number of distinct words (<see cref="WordPieceTrainerOptions.MaxDistinctWords"/>). Not thread-safe.</para>
/// <para>The vocabulary depends on the words and their counts only, not on the order of the texts, unless rare words were dropped. Of
/// equally frequent pairs, the one whose left token is older comes first, then the one whose right token is older; of equally frequent
/// characters, the first in Unicode.</para>
/// </remarks>
/// <example><code>
/// var trainer = new WordPieceTrainer(new WordPieceTrainerOptions { VocabularySize = 16_000 });
/// trainer.Add(File.ReadLines("corpus.txt"));
/// trainer.TrainTokenizer().Save("tokenizer");
/// </code></example>
public sealed class WordPieceTrainer
{
    private readonly WordPieceTrainerOptions _options;
    private readonly WordCounter _words;

    /// <summary>Initializes a new instance of the <see cref="WordPieceTrainer"/> class.</summary>
    /// <param name="options">The vocabulary size and more; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException">A number in the options is less than its minimum.</exception>
    public WordPieceTrainer(WordPieceTrainerOptions? options = null)
    {
        _options = options ?? new WordPieceTrainerOptions();
        _options.Validate();
        _words = new WordCounter(_options);
    }

    /// <summary>Gets the number of words.</summary>
    public long WordCount => _words.Total;

    /// <summary>Gets the number of distinct words in memory.</summary>
    public int DistinctWordCount => _words.Counts.Count;

    /// <summary>Gets the number of distinct words that were dropped as too rare to bound memory.</summary>
    public long DroppedWordCount => _words.Dropped;

    /// <summary>Adds the words of a text.</summary>
    /// <param name="text">The text.</param>
    public void Add(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        _words.Add(text);
    }

    /// <summary>Adds the words of texts, which are read one after another.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <exception cref="OperationCanceledException">The operation was canceled; the texts read before are counted.</exception>
    public void Add(IEnumerable<string> texts, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        foreach (var text in texts)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Add(text);
        }
    }

    /// <inheritdoc cref="Add(IEnumerable{string}, CancellationToken)"/>
    public async Task AddAsync(IAsyncEnumerable<string> texts, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        await foreach (var text in texts.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            cancellationToken.ThrowIfCancellationRequested();
            Add(text);
        }
    }

    /// <summary>
    /// Trains the vocabulary on all texts so far: the special tokens (<c>[PAD]</c>, <c>[UNK]</c>, <c>[CLS]</c>, <c>[SEP]</c>,
    /// <c>[MASK]</c>), the characters, those with <c>##</c> that occurred within words, then the merged tokens, the most frequent first.
    /// The vocabulary is smaller than requested if the texts have no more pairs that are frequent enough.
    /// </summary>
    /// <param name="progress">Receives the fraction of the merges that is done, from 0 to 1.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <returns>The tokens; the index of a token is its id.</returns>
    /// <exception cref="InvalidOperationException">No word has been added.</exception>
    /// <exception cref="OperationCanceledException">The operation was canceled.</exception>
    public IReadOnlyList<string> Train(IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        if (WordCount == 0)
        {
            throw new InvalidOperationException("There are no words to train on; call Add first.");
        }

        var special = WordPieceTrainerOptions.SpecialTokens;
        var alphabet = _words.CountCharacters()
            .Alphabet(_options.AlphabetLimit, _options.MinFrequency, _options.VocabularySize - special.Count);
        var merger = new PairMerger(special.Concat(alphabet), _options.MinFrequency);
        foreach (var (word, count) in _words.Counts)
        {
            merger.Add(word, count);
        }

        return merger.Merge(_options.VocabularySize, progress, cancellationToken);
    }

    /// <summary>Trains the vocabulary and makes the tokenizer of it, with the letter case of the options.</summary>
    /// <param name="progress">Receives the part of the merges that is done, from 0 to 1.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <returns>The tokenizer.</returns>
    /// <exception cref="InvalidOperationException">No word has been seen.</exception>
    /// <exception cref="OperationCanceledException">The operation was canceled.</exception>
    public Tokenizer TrainTokenizer(IProgress<double>? progress = null, CancellationToken cancellationToken = default) =>
        Tokenizer.CreateBert(Train(progress, cancellationToken), _options.LowerCase);
}
