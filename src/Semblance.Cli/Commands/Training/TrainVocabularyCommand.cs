using System.CommandLine;
using System.Diagnostics;
using Semblance.Cli.Input;
using Semblance.Cli.Options;
using Semblance.Cli.Output;
using Semblance.Tokenizers;
using Semblance.Tokenizers.Training;

namespace Semblance.Cli.Commands;

/// <summary>Represents <c>train-vocabulary</c>, which trains a WordPiece tokenizer on texts.</summary>
internal sealed class TrainVocabularyCommand : CliCommand
{
    private readonly Option<string[]> _input = new("--input")
    {
        Description = $"The texts to train on: {TextInput.Formats}",
        HelpName = "FILE",
        Required = true,
        AllowMultipleArgumentsPerToken = true,
    };
    private readonly Option<string?> _output = NewOption.Text("--output", "FOLDER", "The folder for the tokenizer's files");
    private readonly Option<int?> _size = NewOption.Count(
        "--vocab-size", "The maximum number of tokens, with special tokens; default: 30000");
    private readonly Option<int?> _minFrequency = NewOption.Count(
        "--min-frequency", "The minimum frequency of a pair of adjacent tokens to be merged; default: 2");
    private readonly Option<bool> _cased = new("--cased") { Description = "Keeps upper case and accents" };

    private readonly TextColumn _column;

    public TrainVocabularyCommand(Host host)
        : base("train-vocabulary", "Trains the vocabulary of a WordPiece tokenizer on texts", host)
    {
        _output.Required = true;
        Add(_input);
        _column = new TextColumn(this);
        Add(_output);
        Add(_size);
        Add(_minFrequency);
        Add(_cased);
    }

    protected override async Task RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var time = Stopwatch.StartNew();
        var folder = arguments.GetValue(_output)!;
        if (File.Exists(folder))
        {
            throw new IOException($"{folder}: this is a file; choose a folder.");
        }

        var paths = arguments.GetValue(_input)!;
        var usual = new WordPieceTrainerOptions();
        var options = new WordPieceTrainerOptions
        {
            VocabularySize = arguments.GetValue(_size) ?? usual.VocabularySize,
            MinFrequency = arguments.GetValue(_minFrequency) ?? usual.MinFrequency,
            LowerCase = !arguments.GetValue(_cased),
        };
        var trainer = new WordPieceTrainer(options);
        await Host.WithProgressAsync(
            "counting words", progress => CountAsync(trainer, arguments, progress, cancellationToken)).ConfigureAwait(false);
        if (trainer.WordCount == 0)
        {
            throw new InputException(string.Join(", ", paths), "the input has no words; a non-empty text is needed.");
        }

        Tokenizer? tokenizer = null;
        await Host.WithProgressAsync("merging pieces", progress => Task.Run(
            () => tokenizer = trainer.TrainTokenizer(progress, cancellationToken), cancellationToken)).ConfigureAwait(false);
        tokenizer!.Save(folder);
        Summarize(trainer, tokenizer.VocabularySize, options.VocabularySize, time.Elapsed);
        Host.Text.WriteLine(folder);
    }

    private async Task CountAsync(
        WordPieceTrainer trainer, ParseResult arguments, IProgress<double> progress, CancellationToken cancellationToken)
    {
        const int Step = 1000;
        var paths = arguments.GetValue(_input)!;
        for (var i = 0; i < paths.Length; i++)
        {
            using var lines = _column.Open(arguments, paths[i], Host);
            await foreach (var line in lines.TextsAsync(cancellationToken).ConfigureAwait(false))
            {
                trainer.Add(line);
                if (lines.Count % Step == 0)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    progress.Report((i + lines.Progress) / paths.Length);
                }
            }
        }
    }

    private void Summarize(WordPieceTrainer trainer, int tokens, int size, TimeSpan time)
    {
        Host.Error.WriteLine(
            Numbers.Invariant($"{trainer.WordCount:N0} words, {trainer.DistinctWordCount:N0} distinct; ")
            + Numbers.Invariant($"{tokens:N0} tokens in {time.TotalSeconds:F1} s."));
        if (trainer.DroppedWordCount > 0)
        {
            Host.Error.WriteLine(Numbers.Invariant($"note: {trainer.DroppedWordCount:N0} rare words were dropped to save memory."));
        }

        if (tokens < size)
        {
            Host.Error.WriteLine(
                Numbers.Invariant($"note: the texts have too few frequent pieces for {size:N0} tokens; ")
                + "use more text or a smaller --min-frequency.");
        }
    }
}
