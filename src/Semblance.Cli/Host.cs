using System.Text;
using Microsoft.Win32.SafeHandles;
using Semblance.Cli.Input;

namespace Semblance.Cli;

/// <summary>What a command reads and writes: results go to the output, everything else to the error writer.</summary>
/// <param name="input">Standard input.</param>
/// <param name="output">Standard output.</param>
/// <param name="error">Standard error.</param>
/// <param name="isInteractive">Whether somebody watches standard error on a terminal.</param>
internal sealed class Host(Stream input, Stream output, TextWriter error, bool isInteractive = false)
{
    private const int BufferSize = 1 << 16;

    private readonly HashSet<string> _warnings = [];

    private StreamWriter? _text;
    private bool _isInputTaken;

    /// <summary>Standard input.</summary>
    public Stream Input { get; } = input;

    /// <summary>Standard input, for the one option that names it.</summary>
    /// <exception cref="InputException">Another option has named it before.</exception>
    public Stream TakeInput()
    {
        if (_isInputTaken)
        {
            throw new InputException("standard input", "it is named twice; give a file for one of the two.");
        }

        _isInputTaken = true;
        return Input;
    }

    /// <summary>Standard output, buffered, for bytes.</summary>
    public Stream Output { get; } = new BufferedStream(output, BufferSize);

    /// <summary>Standard output, for text.</summary>
    public TextWriter Text => _text ??= new StreamWriter(Output, new UTF8Encoding(false), BufferSize) { NewLine = "\n" };

    /// <summary>Standard error.</summary>
    public TextWriter Error { get; } = error;

    /// <summary>Writes each warning to standard error, once.</summary>
    /// <param name="warnings">Sentences that name the file and the key.</param>
    public void Warn(IEnumerable<string> warnings)
    {
        foreach (var warning in warnings.Where(_warnings.Add))
        {
            Error.WriteLine($"warning: {warning}");
        }
    }

    /// <summary>The streams of this process.</summary>
    public static Host OfProcess()
    {
        var error = new StreamWriter(Console.OpenStandardError(), new UTF8Encoding(false)) { AutoFlush = true, NewLine = "\n" };
        return new Host(Console.OpenStandardInput(), OpenStandardOutput(), error, !Console.IsErrorRedirected);
    }

    /// <summary>Runs something that takes long, with a bar if somebody watches.</summary>
    /// <param name="title">What is done.</param>
    /// <param name="work">Does it, and reports the part that is done, from 0 to 1.</param>
    public Task WithProgressAsync(string title, Func<IProgressBar, Task> work) =>
        isInteractive ? ProgressBar.RunAsync(title, work) : work(new Unwatched());

    /// <summary>Hands out what is buffered.</summary>
    public void Flush()
    {
        _text?.Flush();
        Output.Flush();
    }

    // The console's own stream writes on when nobody reads a pipe any more; a file stream says so. Only for pipes: it
    // does not move a file's position, which the next process of a script goes on from.
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
                // Not something to open: the console's stream copes.
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
                // Nobody reads.
            }
        }

        public void Report(double value)
        {
            // Nobody looks.
        }
    }
}
