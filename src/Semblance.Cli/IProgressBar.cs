namespace Semblance.Cli;

/// <summary>Shows the finished part of an operation, from 0 to 1.</summary>
internal interface IProgressBar : IProgress<double>
{
    /// <summary>Gets a value that indicates whether the bar is visible.</summary>
    bool IsWatched { get; }

    /// <summary>Sets the title of the bar.</summary>
    string Title { set; }
}
