using System.Text;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using Semblance.Cli.Input;
using Semblance.Cli.Output;
using Semblance.Files;
using Semblance.Files.Json;

namespace Semblance.Cli;

/// <summary>Represents the standard streams of a command: results go to the output, everything else to the error writer.</summary>
/// <param name="input">Standard input.</param>
/// <param name="output">Standard output.</param>
/// <param name="error">Standard error.</param>
/// <param name="isInteractive"><see langword="true"/> if standard error is a terminal; otherwise, <see langword="false"/>.</param>
internal sealed class Host(Stream input, Stream output, TextWriter error, bool isInteractive = false)
{
    private const int BufferSize = 1 << 16;

    private readonly HashSet<string> _warnings = [];
    private readonly List<(TextCounter Counter, string What, string Advice)> _counters = [];

    private StreamWriter? _text;
    private bool _isInputTaken;

    /// <summary>Gets standard input.</summary>
    public Stream Input { get; } = input;

    /// <summary>Returns standard input, for the one option that names it.</summary>
    /// <exception cref="InputException">Another option has already named it.</exception>
    public Stream TakeInput()
    {
        if (_isInputTaken)
        {
            throw new InputException("standard input", "two options name it; give a file for one of them.");
        }

        _isInputTaken = true;
        return Input;
    }

    /// <summary>Gets standard output, buffered, for bytes.</summary>
    public Stream Output { get; } = new BufferedStream(output, BufferSize);

    /// <summary>Gets standard output, for text.</summary>
    public TextWriter Text => _text ??= new StreamWriter(Output, new UTF8Encoding(false), BufferSize) { NewLine = "\n" };

    /// <summary>Gets the folder of the model that commands use without a name; that of the bundled model by default.</summary>
    /// <exception cref="DirectoryNotFoundException">It is missing.</exception>
    public string DefaultModelFolder
    {
        get => field ?? DefaultModel.Folder;
        init;
    }

    /// <summary>Gets standard error.</summary>
    public TextWriter Error { get; } = error;

    /// <summary>Writes each warning to standard error, once.</summary>
    /// <param name="warnings">The sentences, which name the file and the key.</param>
    public void Warn(IEnumerable<string> warnings)
    {
        foreach (var warning in warnings.Where(_warnings.Add))
        {
            Error.WriteLine($"warning: {warning}");
        }
    }

    /// <summary>
    /// Gets or sets the file whose texts are being encoded, for the message about a text that is too long; <see langword="null"/> if the
    /// texts are not those of a file.
    /// </summary>
    public (string Name, LineNumbers Numbers)? Encoded { get; set; }

    /// <summary>Returns a counter for encoding options, so that <see cref="WarnTruncated"/> reports truncated texts.</summary>
    /// <param name="what">The texts, in the plural.</param>
    /// <param name="advice">The option that prevents truncation, for the end of the sentence; empty for none.</param>
    public TextCounter Count(string what, string advice)
    {
        var counter = new TextCounter();
        _counters.Add((counter, what, advice));
        return counter;
    }

    /// <summary>Writes a warning to standard error for each counter with truncated texts.</summary>
    public void WarnTruncated() => Warn(_counters.Where(counted => counted.Counter.TruncatedCount > 0).Select(counted =>
        Numbers.Invariant($"{counted.Counter.TruncatedCount:N0} of {counted.Counter.Count:N0} {counted.What} were cut to ")
        + Numbers.Invariant($"{counted.Counter.Limit:N0} tokens, the maximum of the model{counted.Advice}.")));

    /// <summary>Returns a host with the streams of this process.</summary>
    public static Host OfProcess()
    {
        var error = new StreamWriter(Console.OpenStandardError(), new UTF8Encoding(false)) { AutoFlush = true, NewLine = "\n" };
        return new Host(Console.OpenStandardInput(), OpenStandardOutput(), error, !Console.IsErrorRedirected);
    }

    /// <summary>Runs long work, with a progress bar if standard error is a terminal.</summary>
    /// <param name="title">The title of the bar.</param>
    /// <param name="work">The work, which reports the finished part, from 0 to 1.</param>
    public Task WithProgressAsync(string title, Func<IProgressBar, Task> work) =>
        isInteractive ? ProgressBar.RunAsync(title, work) : work(new Unwatched());

    /// <summary>Writes results as they arrive, as lines of text or as JSON objects.</summary>
    /// <typeparam name="T">The type of a result.</typeparam>
    /// <param name="results">The results.</param>
    /// <param name="format">The value of the option <c>--format</c>.</param>
    /// <param name="writeText">Writes the lines of a result.</param>
    /// <param name="writeJson">Writes the members of the object of a result.</param>
    public async Task WriteAsync<T>(
        IAsyncEnumerable<T> results, string? format, Action<T> writeText, Action<Utf8JsonWriter, T> writeJson)
    {
        using var json = format == "json" ? new JsonLinesWriter(Output) : null;
        await foreach (var result in results.ConfigureAwait(false))
        {
            if (json is null)
            {
                writeText(result);
            }
            else
            {
                json.Write(writer => writeJson(writer, result));
            }
        }
    }

    /// <summary>Writes buffered output.</summary>
    public void Flush()
    {
        _text?.Flush();
        Output.Flush();
    }

    // The console's own stream ignores a closed pipe; a file stream reports it. Only for pipes: a file stream
    // does not advance the position of a redirected file, at which the next process of a script continues.
    private static Stream OpenStandardOutput()
    {
        if (Console.IsOutputRedirected && !OperatingSystem.IsWindows())
        {
            try
            {
                var stream = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
                if (!stream.CanSeek)
                {
                    return stream;
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
            {
                // The descriptor cannot be opened as a file: the console's stream can write to it.
            }
        }

        return Console.OpenStandardOutput();
    }

    private sealed class Unwatched : IProgressBar
    {
        public bool IsWatched => false;

        public string Title
        {
            set
            {
                // No bar to update.
            }
        }

        public void Report(double value)
        {
            // No bar to update.
        }
    }
}
