namespace Semblance.Cli;

/// <summary>Shows how much of something is done, from 0 to 1.</summary>
internal interface IProgressBar : IProgress<double>
{
    /// <summary>Whether somebody sees it.</summary>
    bool IsWatched { get; }

    /// <summary>What stands before it.</summary>
    string Title { set; }
}
