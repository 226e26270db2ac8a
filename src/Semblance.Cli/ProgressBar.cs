using Spectre.Console;

namespace Semblance.Cli;

/// <summary>
/// Shows a progress bar on standard error. A class of its own, so that commands without a terminal do not load its library.
/// </summary>
internal static class ProgressBar
{
    public static Task RunAsync(string title, Func<IProgressBar, Task> work)
    {
        var terminal = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return terminal.Progress()
            .AutoClear(true)
            .StartAsync(async context => await work(new Bar(context.AddTask(title, maxValue: 1))).ConfigureAwait(false));
    }

    private sealed class Bar(ProgressTask task) : IProgressBar
    {
        public bool IsWatched => true;

        public string Title
        {
            set => task.Description = Markup.Escape(value);
        }

        public void Report(double value) => task.Value = value;
    }
}
