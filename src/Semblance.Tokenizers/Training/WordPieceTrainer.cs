namespace Semblance.Tokenizers.Training;

/// <summary>
/// Learns the vocabulary of a BERT tokenizer from texts, as the trainer of the Hugging Face tokenizers library does: from
/// the characters on, the most frequent pair of neighbours within words becomes a token until there are enough
/// (Sennrich et al. 2016, "Neural Machine Translation of Rare Words with Subword Units"). Texts are split exactly as the
/// tokenizer will split them, so that a Chinese character is a word.
/// </summary>
/// <remarks>
/// <para>Add texts, then call <see cref="Train"/>; its result is for <see cref="Tokenizer.CreateBert"/>. Memory is bounded by the
/// number of distinct words (<see cref="WordPieceTrainerOptions.MaxDistinctWords"/>). Not for several threads at once.</para>
/// <para>The vocabulary depends on the words and their counts alone, not on the order of the texts, unless rare words had
/// to be dropped. Of equally frequent pairs, the one whose left token is older comes first, then the one whose right
/// token is; of equally frequent characters, the first in Unicode.</para>
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

    /// <summary>A trainer that has seen no text.</summary>
    /// <param name="options">The vocabulary's size and more; null for the defaults.</param>
    /// <exception cref="ArgumentException">A number in the options is too small.</exception>
    public WordPieceTrainer(WordPieceTrainerOptions? options = null)
    {
        _options = options ?? new WordPieceTrainerOptions();
        _options.Validate();
        _words = new WordCounter(_options);
    }

    /// <summary>The number of words seen.</summary>
    public long WordCount => _words.Total;

    /// <summary>The number of distinct words that are kept.</summary>
    public int DistinctWordCount => _words.Counts.Count;

    /// <summary>How many words have been dropped as too rare to keep memory bounded.</summary>
    public long DroppedWordCount => _words.Dropped;

    /// <summary>Counts the words of a text.</summary>
    public void Add(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        _words.Add(text);
    }

    /// <summary>Counts the words of texts, which are read one after another.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled; texts before count.</exception>
    public void Add(IEnumerable<string> texts, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        foreach (var text in texts)
        {
            cancellation.ThrowIfCancellationRequested();
            Add(text);
        }
    }

    /// <inheritdoc cref="Add(IEnumerable{string}, CancellationToken)"/>
    public async Task AddAsync(IAsyncEnumerable<string> texts, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        await foreach (var text in texts.WithCancellation(cancellation).ConfigureAwait(false))
        {
            cancellation.ThrowIfCancellationRequested();
            Add(text);
        }
    }

    /// <summary>
    /// Learns the vocabulary of all texts so far: the special tokens (<c>[PAD]</c>, <c>[UNK]</c>, <c>[CLS]</c>, <c>[SEP]</c>,
    /// <c>[MASK]</c>), the characters, those with <c>##</c> that were seen within words, then what was merged, the most
    /// frequent first. It is smaller than asked for where the texts have no more pairs that are frequent enough.
    /// </summary>
    /// <param name="progress">Receives the part of the merges that is done, from 0 to 1.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>The tokens; a token's place is its id.</returns>
    /// <exception cref="InvalidOperationException">No word has been seen.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public IReadOnlyList<string> Train(IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        if (WordCount == 0)
        {
            throw new InvalidOperationException("No word has been seen, expected texts to learn from; call Add first.");
        }

        var special = WordPieceTrainerOptions.SpecialTokens;
        var alphabet = _words.CountCharacters().Alphabet(_options.AlphabetLimit, _options.MinFrequency, _options.VocabularySize - special.Count);
        var merger = new PairMerger(special.Concat(alphabet), _options.MinFrequency);
        foreach (var (word, count) in _words.Counts)
        {
            merger.Add(word, count);
        }

        return merger.Merge(_options.VocabularySize, progress, cancellation);
    }

    /// <summary>Trains the vocabulary and makes the tokenizer of it, with the letter case of the options.</summary>
    /// <param name="progress">Receives the part of the merges that is done, from 0 to 1.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <returns>The tokenizer.</returns>
    /// <exception cref="InvalidOperationException">No word has been seen.</exception>
    /// <exception cref="OperationCanceledException">The operation was cancelled.</exception>
    public Tokenizer TrainTokenizer(IProgress<double>? progress = null, CancellationToken cancellationToken = default) =>
        Tokenizer.CreateBert(Train(progress, cancellationToken), _options.LowerCase);
}
