using Semblance.Training;
using Semblance.Training.Recipes;

namespace Semblance.Cli.Commands;

/// <summary>Shows the progress of an adaptation: each stage once, and within a training what <see cref="TrainingProgress"/> shows.</summary>
/// <param name="bar">The progress bar.</param>
/// <param name="log">The writer of stages, evaluations and warnings.</param>
internal sealed class AdaptationProgress(IProgressBar bar, TextWriter log) : IProgress<DomainAdaptationProgress>
{
    private string _stage = "";
    private TrainingProgress? _training;

    /// <inheritdoc/>
    public void Report(DomainAdaptationProgress value)
    {
        if (value.Stage != _stage)
        {
            log.WriteLine(_stage = value.Stage);
            bar.Title = value.Stage;
            _training = value.Steps > 0 ? new TrainingProgress(bar, log, value.Steps) : null;
        }

        if (_training is not null)
        {
            _training.Report(new RecipeProgress(value.Completed, value.Step));
        }
        else
        {
            bar.Report(value.Completed);
        }
    }
}
