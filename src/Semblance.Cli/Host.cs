using System.Text;
using Microsoft.Win32.SafeHandles;
using Semblance.Cli.Input;

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
