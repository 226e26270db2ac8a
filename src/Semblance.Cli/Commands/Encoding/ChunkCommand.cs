using System.CommandLine;
using System.Text;
using Semblance.Cli.Input;
using Semblance.Cli.Options;
using Semblance.Cli.Output;
using Semblance.Files.Json;

namespace Semblance.Cli.Commands;

/// <summary>Represents <c>chunk</c>, which divides texts into chunks that fit the model.</summary>
internal sealed class ChunkCommand : CliCommand
{
    private readonly ModelOption _model = new();
    private readonly Option<string?> _input = NewOption.Text(
        "--input", "FILE", $"The texts: {TextInput.Formats}, as is no option");
    private readonly Option<bool> _whole = new("--whole")
    {
        Description = "Treats the input as one text, whose lines end with one character each",
    };
    private readonly Option<string?> _prompt = NewOption.Text(
        "--prompt", "TEXT", "A text that will be prepended to each chunk; its tokens count");
    private readonly Option<string?> _promptName = NewOption.Text("--prompt-name", "NAME", "The name of a prompt of the model instead");
    private readonly TextColumn _column;
    private readonly ChunkOptions _chunks;
    private readonly Option<string> _format = NewOption.JsonFormat();

    public ChunkCommand(Host host)
        : base(
            "chunk",
            "Divides the lines of a file into chunks that fit the model; writes line, start, end (in code points), token_count and text of "
            + "each chunk",
            host)
    {
        _model.AddTo(this);
        Add(_input);
        _column = new TextColumn(this);
        Add(_whole);
        _chunks = new ChunkOptions(this);
        Add(_prompt);
        Add(_promptName);
        Add(_format);
    }

    protected override async Task RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        using var lines = _column.Open(arguments, arguments.GetValue(_input), Host);
        var model = await _model.LoadAsync(arguments, Host, cancellationToken).ConfigureAwait(false);
        var options = _chunks.Apply(
            arguments, new EncodeOptions { Prompt = arguments.GetValue(_prompt), PromptName = arguments.GetValue(_promptName) });
        using var output = new JsonLinesWriter(Host.Output);
        var isJson = arguments.GetValue(_format) == "json";
        var whole = arguments.GetValue(_whole) ? new StringBuilder() : null;
        await foreach (var entry in lines.EntriesAsync(cancellationToken).ConfigureAwait(false))
        {
            if (whole is null)
            {
                Write(entry.Text, entry.Line);
            }
            else
            {
                whole.Append(entry.Text).Append('\n');
            }
        }

        if (whole is not null)
        {
            Write(whole.ToString(), 1);
        }

        void Write(string text, long line)
        {
            var (place, start) = (0, 0); // the start of the last chunk, in UTF-16 units and in code points
            foreach (var chunk in model.Chunks(text, options, cancellationToken))
            {
                start += CodePoints(text.AsSpan(place, chunk.Start - place));
                place = chunk.Start;
                var end = start + CodePoints(chunk.Of(text));
                if (!isJson)
                {
                    Host.Text.WriteLine(
                        Numbers.Invariant($"{line}\t{start}\t{end}\t{chunk.TokenCount}\t{Column.Last(chunk.Of(text).ToString())}"));
                    continue;
                }

                output.Write(json =>
                {
                    json.WriteNumber("line", line);
                    json.WriteNumber("start", start);
                    json.WriteNumber("end", end);
                    json.WriteNumber("token_count", chunk.TokenCount);
                    json.WriteString("text", chunk.Of(text));
                });
            }
        }
    }

    private static int CodePoints(ReadOnlySpan<char> text)
    {
        var count = 0;
        foreach (var _ in text.EnumerateRunes())
        {
            count++;
        }

        return count;
    }
}
