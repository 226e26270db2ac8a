using Semblance.Tensors;
using Semblance.Training.Recipes;

namespace Semblance.Training;

/// <summary>Represents the temperatures of losses that compare a teacher's scores with those of the model by their divergence.</summary>
public abstract record KLDivergenceSettings
{
    /// <summary>
    /// Gets the temperature: the divisor of the scores before the softmax; 1 by default. A higher value gives more weight to documents with
    /// low scores.
    /// </summary>
    public float Temperature
    {
        get;
        init => field = Setting.Positive(value);
    } = 1;

    /// <summary>Gets the temperature of the model's scores; <see langword="null"/>, the default, for <see cref="Temperature"/>.</summary>
    public float? StudentTemperature
    {
        get;
        init => field = Setting.PositiveOrNull(value);
    }

    /// <summary>
    /// Gets the temperature of the teacher's scores, for scores on another scale; <see langword="null"/>, the default, for
    /// <see cref="Temperature"/>.
    /// </summary>
    public float? TeacherTemperature
    {
        get;
        init => field = Setting.PositiveOrNull(value);
    }

    /// <summary>Reads the temperatures from a recipe.</summary>
    /// <param name="node">The settings of the loss in the recipe.</param>
    /// <param name="usual">The defaults.</param>
    internal static T Read<T>(RecipeNode node, T usual)
        where T : KLDivergenceSettings => usual with
        {
            Temperature = node.Number("temperature", usual.Temperature, float.Epsilon, 1e6f),
            StudentTemperature = node.Find("student-temperature")?.Number(float.Epsilon, 1e6f) ?? usual.StudentTemperature,
            TeacherTemperature = node.Find("teacher-temperature")?.Number(float.Epsilon, 1e6f) ?? usual.TeacherTemperature,
        };

    /// <summary>
    /// Returns the mean divergence Σ p ln(p / q) over the rows, multiplied by the square of the model's temperature (Hinton et al. 2015,
    /// arXiv:1503.02531).
    /// </summary>
    /// <param name="run">The computation.</param>
    /// <param name="teacherScores">The teacher's scores, [queries × documents].</param>
    /// <param name="scores">The model's scores, [queries × documents].</param>
    internal Tensor Divergence(Computation run, Tensor teacherScores, Tensor scores)
    {
        var (studentTemperature, teacherTemperature) = (StudentTemperature ?? Temperature, TeacherTemperature ?? Temperature);
        var teacher = run.LogSoftmax(run.Scale(teacherScores, 1 / teacherTemperature));
        var student = run.LogSoftmax(run.Scale(scores, 1 / studentTemperature));
        var divergence = run.Sum(run.Multiply(run.Exp(teacher), run.Subtract(teacher, student)));
        return run.Scale(divergence, studentTemperature * studentTemperature / scores.Rows);
    }
}
