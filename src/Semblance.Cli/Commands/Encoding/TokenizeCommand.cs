using System.CommandLine;
using Semblance.Cli.Input;
using Semblance.Cli.Options;
using Semblance.Files;
using Semblance.Files.Json;
using Semblance.Tokenizers;

namespace Semblance.Cli.Commands;

/// <summary>Represents <c>tokenize</c>, which writes the tokens of the lines of a file.</summary>
internal sealed class TokenizeCommand : CliCommand
{
    private readonly ModelOption _model = new()
    {
        Description = "The tokenizer: a folder with its files or a Hugging Face Hub id; default: that of the bundled model",
    };
    private readonly Option<string?> _input = NewOption.Text(
        "--input", "FILE", $"The texts: {TextInput.Formats}, as is no option");
    private readonly TextColumn _column;
    private readonly Option<bool> _pair = new("--pair") { Description = "Treats each line as two texts with a tab between them" };
    private readonly Option<int?> _maxLength = NewOption.Count(
        "--max-length", "The maximum number of tokens, with special tokens; default: no limit");

    private readonly Option<string> _format = NewOption.JsonFormat();

    public TokenizeCommand(Host host)
        : base(
            "tokenize",
            "Tokenizes the lines of a file; writes ids, tokens, type_ids and offsets (start, end, start, end, … in code points) of each "
            + "line as JSON, or the tokens as text",
            host)
    {
        Add(_model);
        Add(_input);
        _column = new TextColumn(this);
        Add(_pair);
        Add(_maxLength);
        Add(_format);
    }

    protected override async Task RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        using var lines = _column.Open(arguments, arguments.GetValue(_input), Host);
        var tokenizer = Tokenizer.Load(TokenizerFolder(await _model.FolderAsync(arguments, Host, cancellationToken).ConfigureAwait(false)));
        Host.Warn(tokenizer.Warnings);
        var options = new TokenizerOptions { MaxLength = arguments.GetValue(_maxLength) };
        using var output = new JsonLinesWriter(Host.Output);
        await foreach (var (text, pair) in PairsAsync(lines, arguments.GetValue(_pair), cancellationToken).ConfigureAwait(false))
        {
            var encoding = tokenizer.Encode(text, pair, options);
            if (arguments.GetValue(_format) == "text")
            {
                Host.Text.WriteLine(string.Join(' ', encoding.Tokens));
                continue;
            }

            var offsets = encoding.CodePointOffsets(text, pair);
            output.Write(json =>
            {
                json.WriteNumbers("ids", encoding.Ids);
                json.WriteStrings("tokens", encoding.Tokens);
                json.WriteNumbers("type_ids", encoding.TypeIds);
                json.WriteNumbers("offsets", [.. offsets.SelectMany(range => new[] { range.Start, range.End })]);
            });
        }
    }

    private static IAsyncEnumerable<(string Text, string? Pair)> PairsAsync(
        TextLines lines, bool arePairs, CancellationToken cancellationToken) => arePairs
        ? lines.PairsAsync(null, cancellationToken).Select(pair => (pair.First, (string?)pair.Second))
        : lines.TextsAsync(cancellationToken).Select(text => (text, (string?)null));

    // Early models, static models and routers keep the first module, with the tokenizer, in a subfolder.
    private static string TokenizerFolder(string folder) => !Directory.Exists(folder) ? folder
        : ((string[])["0_*", "*_0_*"])
            .SelectMany(pattern => Directory.EnumerateDirectories(folder, pattern).Order(StringComparer.Ordinal))
            .FirstOrDefault() ?? folder;
}
