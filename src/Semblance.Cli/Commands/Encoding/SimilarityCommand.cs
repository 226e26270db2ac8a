using System.CommandLine;
using System.Runtime.CompilerServices;
using Semblance.Cli.Input;
using Semblance.Cli.Options;
using Semblance.Cli.Output;
using Semblance.Files;
using Semblance.Files.Json;

namespace Semblance.Cli.Commands;

/// <summary>Represents <c>similarity</c>, which computes the similarity of two sentences, or of each pair of a file.</summary>
internal sealed class SimilarityCommand : CliCommand
{
    private readonly Argument<string?> _a = new("A") { Description = "The first sentence", Arity = ArgumentArity.ZeroOrOne };
    private readonly Argument<string?> _b = new("B") { Description = "The second sentence", Arity = ArgumentArity.ZeroOrOne };
    private readonly PairInput _pairs;
    private readonly Option<string> _format = NewOption.Format();
    private readonly EncodingOptions _encoding;
    private readonly LineNumbers _lines = new();

    public SimilarityCommand(Host host)
        : base(
            "similarity", "Computes the similarity of two sentences, or of each pair of a file, with the model's similarity function", host)
    {
        Add(_a);
        Add(_b);
        _pairs = new PairInput(this);
        Add(_format);
        _encoding = new EncodingOptions(this);
        Validators.Add(result =>
        {
            var sentences = new[] { _a, _b }.Count(sentence => result.GetResult(sentence)?.Tokens.Count > 0);
            if (sentences != (result.GetResult(_pairs.Input) is null ? 2 : 0))
            {
                result.AddError("Give two sentences, or a file of pairs with --input.");
            }
        });
    }

    protected override async Task RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        using var lines = arguments.GetValue(_pairs.Input) is null ? null : _pairs.Open(arguments, Host);
        var encoder = await _encoding.LoadAsync(arguments, Host, cancellationToken).ConfigureAwait(false);
        var pairs = lines is null
            ? new[] { (arguments.GetValue(_a)!, arguments.GetValue(_b)!) }.ToAsyncEnumerable()
            : _pairs.ReadAsync(arguments, lines, cancellationToken);
        Host.Encoded = lines is null ? null : (lines.Name, _lines);
        using var json = arguments.GetValue(_format) == "json" ? new JsonLinesWriter(Host.Output) : null;
        StoredEmbedding? first = null;
        await foreach (var encoded in encoder.EncodeAsync(Texts(pairs, lines, cancellationToken), cancellationToken).ConfigureAwait(false))
        {
            if (first is null)
            {
                first = encoded;
                continue;
            }

            var score = Similarity.Of(
                encoder.Restore(first).Span, encoder.Restore(encoded).Span, encoder.Model.Config.SimilarityFunction);
            if (json is null)
            {
                Host.Text.WriteLine(Numbers.Score(score));
            }
            else
            {
                string[] texts = [first.Embedding.Text, encoded.Embedding.Text];
                json.Write(writer =>
                {
                    writer.WriteNumber("score", score);
                    writer.WriteStrings("texts", texts);
                });
            }

            first = null;
        }
    }

    // Reads each pair as two consecutive texts.
    private async IAsyncEnumerable<string> Texts(
        IAsyncEnumerable<(string First, string Second)> pairs, TextLines? lines,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var (first, second) in pairs.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            _lines.Add(lines?.Count ?? 1);
            _lines.Add(lines?.Count ?? 1);
            yield return first;
            yield return second;
        }
    }
}
