using Spectre.Console;

namespace Semblance.Cli;

/// <summary>A bar on the terminal of standard error. Apart from the rest, so that a command nobody watches loads nothing for it.</summary>
internal static class ProgressBar
{
    public static Task RunAsync(string title, Func<IProgressBar, Task> work)
    {
        var terminal = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return terminal.Progress().AutoClear(true).StartAsync(async context => await work(new Bar(context.AddTask(title, maxValue: 1))).ConfigureAwait(false));
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
